using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Label selectors inside objects.</summary>
internal static class SelectorRules
{
    public static void Validate(V1LabelSelector? selector, string path, FieldErrors errors)
    {
        MetadataRules.ValidateLabels(selector?.MatchLabels, $"{path}.matchLabels", errors);
        var expressions = selector?.MatchExpressions ?? [];
        for (var index = 0; index < expressions.Count; index++)
        {
            ValidateExpression(expressions[index], $"{path}.matchExpressions[{index}]", errors);
        }
    }

    /// <summary>True when every operator is known, so that the selector can be applied.</summary>
    public static bool IsUsable(V1LabelSelector selector)
        => (selector.MatchExpressions ?? []).All(one => one.OperatorProperty is "In" or "NotIn" or "Exists" or "DoesNotExist");

    private static void ValidateExpression(V1LabelSelectorRequirement expression, string path, FieldErrors errors)
    {
        var values = expression.Values?.Count ?? 0;
        switch (expression.OperatorProperty)
        {
            case "In" or "NotIn" when values == 0:
                errors.Required($"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist" when values > 0:
                errors.Forbidden($"{path}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                errors.Invalid($"{path}.operator", expression.OperatorProperty ?? "", "not a valid selector operator");
                break;
        }

        errors.Invalid($"{path}.key", expression.Key ?? "", Names.CheckQualifiedName(expression.Key ?? ""));
        foreach (var value in expression.Values ?? [])
        {
            errors.Invalid($"{path}.values", value, Names.CheckLabelValue(value));
        }
    }
}
