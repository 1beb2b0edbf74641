using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What the rules of a Role or ClusterRole must be like. https://kubernetes.io/docs/reference/access-authn-authz/rbac/</summary>
internal static class PolicyRuleRules
{
    public static void Validate(IList<V1PolicyRule>? rules, bool isNamespaced, FieldErrors errors)
    {
        for (var index = 0; index < (rules?.Count ?? 0); index++)
        {
            Validate(rules![index], isNamespaced, $"rules[{index}]", errors);
        }
    }

    private static void Validate(V1PolicyRule rule, bool isNamespaced, string path, FieldErrors errors)
    {
        if (IsEmpty(rule.Verbs))
        {
            errors.Required($"{path}.verbs", "verbs must contain at least one value");
        }

        if (!IsEmpty(rule.NonResourceURLs))
        {
            ValidateUrls(rule, isNamespaced, $"{path}.nonResourceURLs", errors);
            return;
        }

        if (IsEmpty(rule.ApiGroups))
        {
            errors.Required($"{path}.apiGroups", "resource rules must supply at least one api group");
        }

        if (IsEmpty(rule.Resources))
        {
            errors.Required($"{path}.resources", "resource rules must supply at least one resource");
        }
    }

    private static void ValidateUrls(V1PolicyRule rule, bool isNamespaced, string path, FieldErrors errors)
    {
        if (isNamespaced)
        {
            errors.Invalid(path, rule.NonResourceURLs, "namespaced rules cannot apply to non-resource URLs");
        }

        if (!IsEmpty(rule.ApiGroups) || !IsEmpty(rule.Resources) || !IsEmpty(rule.ResourceNames))
        {
            errors.Invalid(path, rule.NonResourceURLs, "rules cannot apply to both regular resources and non-resource URLs");
        }
    }

    private static bool IsEmpty(IList<string>? list) => list is not { Count: > 0 };
}
