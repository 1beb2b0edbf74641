using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>A node as a daemon set sees it: whether it belongs there, and its pods there, oldest first.</summary>
internal sealed record DaemonNode(string Name, DaemonFit Fit, ImmutableArray<V1Pod> Pods)
{
    public IEnumerable<V1Pod> Staying => Pods.Where(static pod => !pod.IsDeleting());
}

/// <summary>Everything a daemon set's decisions are made from. Immutable.</summary>
/// <param name="Set">The set.</param>
/// <param name="Hash">Of the present template.</param>
/// <param name="Nodes">Every node, by name.</param>
/// <param name="Now">The present time.</param>
internal sealed record DaemonView(V1DaemonSet Set, string Hash, ImmutableArray<DaemonNode> Nodes, DateTimeOffset Now)
{
    public static DaemonView Of(
        V1DaemonSet set, string hash, IEnumerable<V1Node> nodes, IEnumerable<V1Pod> pods, DateTimeOffset now)
    {
        var byNode = pods
            .OrderBy(static pod => pod.Metadata.CreationTimestamp)
            .ThenBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)
            .ToLookup(DaemonPods.NodeOf);
        return new DaemonView(
            set,
            hash,
            [
                .. nodes.OrderBy(static node => node.Metadata.Name, StringComparer.Ordinal)
                    .Select(node => new DaemonNode(
                        node.Metadata.Name, DaemonFit.Of(set.Spec.Template.Spec, node), [.. byNode[node.Metadata.Name]])),
            ],
            now);
    }

    public int Desired => Nodes.Count(static node => node.Fit.ShouldRun);

    public int SurgeMax => IsRolling ? Amounts.Resolve(Set.Spec.UpdateStrategy?.RollingUpdate?.MaxSurge ?? 0, Desired, roundUp: true) : 0;

    public int UnavailableMax
        => Amounts.Resolve(Set.Spec.UpdateStrategy?.RollingUpdate?.MaxUnavailable ?? 1, Desired, roundUp: true);

    public bool IsRolling => Set.Spec.UpdateStrategy?.Type is null or "RollingUpdate";

    public bool IsNew(V1Pod pod) => DaemonPods.HashOf(pod) == Hash;

    public bool IsAvailable(V1Pod pod) => pod.IsAvailable(Set.Spec.MinReadySeconds ?? 0, Now);
}
