using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Node affinity, pod affinity and anti-affinity.</summary>
internal static class AffinityRules
{
    private const string Required = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Preferred = "preferredDuringSchedulingIgnoredDuringExecution";

    public static void Validate(V1Affinity? affinity, string path, FieldErrors errors)
    {
        ValidateNode(affinity?.NodeAffinity, $"{path}.nodeAffinity", errors);
        ValidatePods(affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution,
            affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, $"{path}.podAffinity", errors);
        ValidatePods(affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution,
            affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, $"{path}.podAntiAffinity", errors);
    }

    private static void ValidateNode(V1NodeAffinity? affinity, string path, FieldErrors errors)
    {
        if (affinity?.RequiredDuringSchedulingIgnoredDuringExecution is { } required)
        {
            var terms = required.NodeSelectorTerms ?? [];
            if (terms.Count == 0)
            {
                errors.Required($"{path}.{Required}.nodeSelectorTerms", "must have at least one node selector term");
            }

            for (var index = 0; index < terms.Count; index++)
            {
                ValidateTerm(terms[index], $"{path}.{Required}.nodeSelectorTerms[{index}]", errors);
            }
        }

        var preferred = affinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [];
        for (var index = 0; index < preferred.Count; index++)
        {
            ValidateWeight(preferred[index].Weight, $"{path}.{Preferred}[{index}].weight", errors);
            ValidateTerm(preferred[index].Preference, $"{path}.{Preferred}[{index}].preference", errors);
        }
    }

    private static void ValidateTerm(V1NodeSelectorTerm? term, string path, FieldErrors errors)
    {
        var expressions = term?.MatchExpressions ?? [];
        for (var index = 0; index < expressions.Count; index++)
        {
            var expression = $"{path}.matchExpressions[{index}]";
            errors.Invalid($"{expression}.key", expressions[index].Key ?? "", Names.CheckQualifiedName(expressions[index].Key ?? ""));
            ValidateOperator(expressions[index], expression, errors);
        }

        var fields = term?.MatchFields ?? [];
        for (var index = 0; index < fields.Count; index++)
        {
            if (fields[index].Key != "metadata.name")
            {
                errors.Invalid($"{path}.matchFields[{index}].key", fields[index].Key ?? "", "not a valid field selector key");
            }
        }
    }

    private static void ValidateOperator(V1NodeSelectorRequirement expression, string path, FieldErrors errors)
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
            case "Gt" or "Lt" when values != 1:
                errors.Required($"{path}.values", "must be specified single value when `operator` is 'Lt' or 'Gt'");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist" or "Gt" or "Lt":
                break;
            default:
                errors.Invalid($"{path}.operator", expression.OperatorProperty ?? "", "not a valid selector operator");
                break;
        }
    }

    private static void ValidatePods(
        IList<V1PodAffinityTerm>? required, IList<V1WeightedPodAffinityTerm>? preferred, string path, FieldErrors errors)
    {
        for (var index = 0; index < (required?.Count ?? 0); index++)
        {
            ValidatePodTerm(required![index], $"{path}.{Required}[{index}]", errors);
        }

        for (var index = 0; index < (preferred?.Count ?? 0); index++)
        {
            ValidateWeight(preferred![index].Weight, $"{path}.{Preferred}[{index}].weight", errors);
            ValidatePodTerm(preferred[index].PodAffinityTerm, $"{path}.{Preferred}[{index}].podAffinityTerm", errors);
        }
    }

    private static void ValidatePodTerm(V1PodAffinityTerm? term, string path, FieldErrors errors)
    {
        SelectorRules.Validate(term?.LabelSelector, $"{path}.labelSelector", errors);
        SelectorRules.Validate(term?.NamespaceSelector, $"{path}.namespaceSelector", errors);
        errors.Required($"{path}.topologyKey", term?.TopologyKey, "can not be empty");
    }

    private static void ValidateWeight(int weight, string path, FieldErrors errors)
    {
        if (weight is < 1 or > 100)
        {
            errors.Invalid(path, weight, "must be in the range 1-100");
        }
    }
}
