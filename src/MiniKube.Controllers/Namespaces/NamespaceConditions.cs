using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>What <c>kubectl describe namespace</c> shows while one is being deleted, in Kubernetes' words.</summary>
internal static class NamespaceConditions
{
    public static IList<V1NamespaceCondition> Of(
        ImmutableArray<NamespaceRemains> remains, IList<V1NamespaceCondition> present, DateTimeOffset now)
    {
        var finalizers = remains
            .SelectMany(static one => one.Items.SelectMany(static item => item.Metadata.Finalizers ?? []))
            .CountBy(static finalizer => finalizer)
            .OrderBy(static entry => entry.Key, StringComparer.Ordinal)
            .Select(static entry => $"{entry.Key} in {entry.Value} resource instances")
            .ToList();
        var resources = remains
            .OrderBy(static one => one.Resource, StringComparer.Ordinal)
            .Select(static one => $"{one.Resource} has {one.Items.Length} resource instances")
            .ToList();
        V1NamespaceCondition[] wanted =
        [
            Condition("NamespaceDeletionDiscoveryFailure", false, "ResourcesDiscovered", "All resources successfully discovered"),
            Condition(
                "NamespaceDeletionGroupVersionParsingFailure",
                false,
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed"),
            Condition(
                "NamespaceDeletionContentFailure",
                false,
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization"),
            resources.Count > 0
                ? Condition(
                    "NamespaceContentRemaining",
                    true,
                    "SomeResourcesRemain",
                    $"Some resources are remaining: {string.Join(", ", resources)}")
                : Condition("NamespaceContentRemaining", false, "ContentRemoved", "All content successfully removed"),
            finalizers.Count > 0
                ? Condition(
                    "NamespaceFinalizersRemaining",
                    true,
                    "SomeFinalizersRemain",
                    $"Some content in the namespace has finalizers remaining: {string.Join(", ", finalizers)}")
                : Condition(
                    "NamespaceFinalizersRemaining",
                    false,
                    "ContentHasNoFinalizers",
                    "All content-preserving finalizers finished"),
        ];
        return [.. wanted.Select(one => WithTime(one, present, now))];
    }

    private static V1NamespaceCondition Condition(string type, bool status, string reason, string message)
        => new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };

    private static V1NamespaceCondition WithTime(
        V1NamespaceCondition wanted, IList<V1NamespaceCondition> present, DateTimeOffset now)
    {
        var known = present.FirstOrDefault(one => one.Type == wanted.Type && one.Status == wanted.Status);
        return wanted with { LastTransitionTime = known?.LastTransitionTime ?? now.UtcDateTime };
    }
}
