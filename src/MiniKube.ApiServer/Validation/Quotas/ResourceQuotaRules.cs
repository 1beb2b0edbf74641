using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>ResourceQuotas. https://kubernetes.io/docs/concepts/policy/resource-quotas/</summary>
internal static class ResourceQuotaRules
{
    private static readonly string[] Standard =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
        "limits.cpu", "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "services.nodeports",
        "services.loadbalancers", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
    ];

    private static readonly string[] Scopes =
    [
        "BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating",
        "VolumeAttributesClass",
    ];

    private static readonly (string One, string Other)[] Exclusive =
        [("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

    public static void Validate(V1ResourceQuotaSpec spec, FieldErrors errors)
    {
        var hard = spec.Hard ?? new Dictionary<string, ResourceQuantity>();
        foreach (var (name, amount) in hard.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            ValidateAmount(name, Quantity.Of(amount), $"spec.hard[{name}]", errors);
        }

        ValidateScopes(spec.Scopes ?? [], errors);
        var selectors = spec.ScopeSelector?.MatchExpressions ?? [];
        for (var index = 0; index < selectors.Count; index++)
        {
            ValidateSelector(selectors[index], $"spec.scopeSelector.matchExpressions[{index}]", errors);
        }
    }

    public static void ValidateUpdate(V1ResourceQuotaSpec spec, V1ResourceQuotaSpec old, FieldErrors errors)
    {
        if (!(spec.Scopes ?? []).ToHashSet().SetEquals(old.Scopes ?? []))
        {
            errors.Invalid("spec.scopes", spec.Scopes ?? [], "field is immutable");
        }

        if (!JsonChanges.AreEqual(spec.ScopeSelector, old.ScopeSelector) && (spec.ScopeSelector ?? old.ScopeSelector) is not null)
        {
            errors.Invalid("spec.scopeSelector", "", "field is immutable");
        }
    }

    private static void ValidateAmount(string name, Quantity amount, string path, FieldErrors errors)
    {
        var problems = Names.CheckQualifiedName(name);
        errors.Invalid(path, name, problems);
        if (problems.Count == 0 && !name.Contains('/', StringComparison.Ordinal) && !IsStandard(name))
        {
            errors.Invalid(path, name, "must be a standard resource for quota");
        }

        if (amount.Sign < 0)
        {
            errors.Invalid(path, amount.ToString(), "must be greater than or equal to 0");
        }

        if (IsCount(name) && !amount.IsInteger)
        {
            errors.Invalid(path, amount.ToString(), "must be an integer");
        }
    }

    private static bool IsStandard(string name)
        => Standard.Contains(name)
            || name.StartsWith("hugepages-", StringComparison.Ordinal)
            || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);

    private static bool IsCount(string name)
        => name.StartsWith("count/", StringComparison.Ordinal)
            || (Standard.Contains(name) && !name.Contains("cpu", StringComparison.Ordinal)
                && !name.Contains("memory", StringComparison.Ordinal) && !name.Contains("storage", StringComparison.Ordinal));

    private static void ValidateScopes(IList<string> scopes, FieldErrors errors)
    {
        foreach (var scope in scopes.Where(scope => !Scopes.Contains(scope)))
        {
            errors.Invalid("spec.scopes", scopes, $"unsupported scope: {scope}");
        }

        foreach (var (one, other) in Exclusive)
        {
            if (scopes.Contains(one) && scopes.Contains(other))
            {
                errors.Invalid("spec.scopes", scopes, "conflicting scopes");
            }
        }
    }

    private static void ValidateSelector(V1ScopedResourceSelectorRequirement selector, string path, FieldErrors errors)
    {
        if (!Scopes.Contains(selector.ScopeName))
        {
            errors.Invalid($"{path}.scopeName", selector.ScopeName, "unsupported scope");
        }

        var values = selector.Values?.Count ?? 0;
        switch (selector.OperatorProperty)
        {
            case "In" or "NotIn" when values == 0:
                errors.Required($"{path}.values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                break;
            case "Exists" or "DoesNotExist" when values > 0:
                errors.Invalid(
                    $"{path}.values", selector.Values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                errors.Invalid($"{path}.operator", selector.OperatorProperty, "not a valid selector operator");
                break;
        }

        if (selector.ScopeName != "PriorityClass" && selector.OperatorProperty is not "Exists")
        {
            errors.Invalid(
                $"{path}.operator",
                selector.OperatorProperty,
                "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
                + "ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
        }
    }
}
