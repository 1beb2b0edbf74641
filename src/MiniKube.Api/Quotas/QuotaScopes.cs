using k8s;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// Which objects a quota counts: those that match each of its scopes. Scopes are about pods; a quota with scopes counts nothing else.
/// Pure. https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes
/// </summary>
public static class QuotaScopes
{
    /// <summary>True when the quota counts the object.</summary>
    public static bool Matches(V1ResourceQuotaSpec spec, IKubernetesObject<V1ObjectMeta> item)
    {
        var selectors = (spec.Scopes ?? [])
            .Select(static scope => new V1ScopedResourceSelectorRequirement { ScopeName = scope, OperatorProperty = "Exists" })
            .Concat(spec.ScopeSelector?.MatchExpressions ?? [])
            .ToList();
        return selectors.Count == 0 || (item is V1Pod pod && selectors.All(selector => Matches(selector, pod)));
    }

    private static bool Matches(V1ScopedResourceSelectorRequirement selector, V1Pod pod) => selector.ScopeName switch
    {
        "Terminating" => pod.Spec.ActiveDeadlineSeconds is not null,
        "NotTerminating" => pod.Spec.ActiveDeadlineSeconds is null,
        "BestEffort" => IsBestEffort(pod.Spec),
        "NotBestEffort" => !IsBestEffort(pod.Spec),
        "PriorityClass" => MatchesClass(selector, pod.Spec.PriorityClassName),
        "CrossNamespacePodAffinity" => ReachesAcross(pod.Spec.Affinity),
        _ => false,
    };

    private static bool IsBestEffort(V1PodSpec spec)
        => PodAmounts.Requests(spec).Concat(PodAmounts.Limits(spec))
            .All(static one => one.Key is not ("cpu" or "memory") || one.Value.Sign == 0);

    private static bool MatchesClass(V1ScopedResourceSelectorRequirement selector, string? name) => selector.OperatorProperty switch
    {
        "Exists" => !string.IsNullOrEmpty(name),
        "DoesNotExist" => string.IsNullOrEmpty(name),
        "In" => selector.Values?.Contains(name ?? "") == true,
        "NotIn" => selector.Values?.Contains(name ?? "") != true,
        _ => false,
    };

    private static bool ReachesAcross(V1Affinity? affinity)
        => new[]
            {
                affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution,
                affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution,
                affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution?.Select(static one => one.PodAffinityTerm),
                affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution?.Select(static one => one.PodAffinityTerm),
            }
            .SelectMany(static terms => terms ?? [])
            .Any(static term => term.Namespaces is { Count: > 0 } || term.NamespaceSelector is not null);
}
