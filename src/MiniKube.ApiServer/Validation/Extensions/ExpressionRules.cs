using System.Globalization;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>The rules of <c>x-kubernetes-validations</c>: every expression can be compiled. Pure.</summary>
internal static class ExpressionRules
{
    private const int MessageLengthMax = 2_048;

    private static readonly string[] Reasons =
        ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "FieldValueDuplicate"];

    public static void Validate(V1JSONSchemaProps schema, string path, FieldErrors errors)
    {
        var rules = schema.XKubernetesValidations ?? [];
        for (var index = 0; index < rules.Count; index++)
        {
            One(rules[index], schema, string.Create(CultureInfo.InvariantCulture, $"{path}.x-kubernetes-validations[{index}]"), errors);
        }

        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
        {
            Validate(property, $"{path}.properties[{name}]", errors);
        }

        if (SchemaParser.SchemaIn(schema.Items) is { } items)
        {
            Validate(items, $"{path}.items", errors);
        }

        if (SchemaParser.SchemaIn(schema.AdditionalProperties) is { } additional)
        {
            Validate(additional, $"{path}.additionalProperties", errors);
        }
    }

    private static void One(V1ValidationRule rule, V1JSONSchemaProps schema, string path, FieldErrors errors)
    {
        if (string.IsNullOrWhiteSpace(rule.Rule))
        {
            errors.Required($"{path}.rule", "rule is not specified");
            return;
        }

        Compile(rule.Rule, $"{path}.rule", errors);
        if (!string.IsNullOrEmpty(rule.MessageExpression))
        {
            Compile(rule.MessageExpression, $"{path}.messageExpression", errors);
        }

        if (rule.Message is { } message)
        {
            Message(message, $"{path}.message", errors);
        }

        if (!string.IsNullOrEmpty(rule.Reason) && !Reasons.Contains(rule.Reason))
        {
            errors.NotSupported($"{path}.reason", rule.Reason, Reasons);
        }

        if (!string.IsNullOrEmpty(rule.FieldPath) && !IsField(rule.FieldPath, schema))
        {
            errors.Invalid($"{path}.fieldPath", rule.FieldPath, "fieldPath must be a valid path: it must name a field below");
        }
    }

    private static void Message(string message, string path, FieldErrors errors)
    {
        if (message.Length > 0 && string.IsNullOrWhiteSpace(message))
        {
            errors.Invalid(path, message, "message must be non-empty if specified");
        }
        else if (message.Contains('\n', StringComparison.Ordinal))
        {
            errors.Invalid(path, message, "message must not contain line breaks");
        }
        else if (message.Length > MessageLengthMax)
        {
            errors.TooLong(path, MessageLengthMax);
        }
    }

    private static void Compile(string expression, string path, FieldErrors errors)
    {
        try
        {
            CompiledExpression.Environment.Compile(expression);
        }
        catch (CelCompileException failure)
        {
            errors.Invalid(path, expression, failure.Message);
        }
    }

    private static bool IsField(string path, V1JSONSchemaProps schema)
    {
        if (!JsonPath.TryParse(path, out var parsed) || parsed.Names is not { Length: > 0 } names)
        {
            return false;
        }

        var at = SchemaParser.Parse(schema);
        foreach (var name in names)
        {
            if (at.Field(name) is not { } below)
            {
                return false;
            }

            at = below;
        }

        return true;
    }
}
