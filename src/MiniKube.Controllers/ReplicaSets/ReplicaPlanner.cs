using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>How many pods to create, or which to delete. One of the two is nothing.</summary>
internal sealed record ReplicaPlan(int Create, ImmutableArray<V1Pod> Delete);

/// <summary>Decides how a set of pods becomes the desired number.</summary>
internal static class ReplicaPlanner
{
    // One reconcile makes no more than this many changes, so that its status is written and other sets get their turn.
    // Kubernetes has 500; here the changes are made many at a time and not one after another.
    public const int BurstMax = 5_000;

    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    /// <summary>
    /// Surplus pods go in Kubernetes' order of least loss: see <see cref="ByLeastLoss"/>. <paramref
    /// name="peersOnNode"/> counts, per node, the pods that serve the same purpose.
    /// </summary>
    public static ReplicaPlan Plan(
        int desired, IReadOnlyList<V1Pod> active, IReadOnlyDictionary<string, int> peersOnNode, DateTimeOffset now)
    {
        var surplus = active.Count - desired;
        if (surplus <= 0)
        {
            return new ReplicaPlan(Create: Math.Min(-surplus, BurstMax), Delete: []);
        }

        var victims = ByLeastLoss(active, peersOnNode, now).Take(Math.Min(surplus, BurstMax));
        return new ReplicaPlan(Create: 0, Delete: [.. victims]);
    }

    /// <summary>
    /// Without a node first, then pending before running, not ready before ready, cheap before dear, from crowded nodes
    /// before others, ready for a short time before long, often restarted before seldom, young before old.
    /// https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#scaling-a-replicaset
    /// </summary>
    internal static IEnumerable<V1Pod> ByLeastLoss(
        IEnumerable<V1Pod> pods, IReadOnlyDictionary<string, int> peersOnNode, DateTimeOffset now)
        => pods
            .OrderBy(static pod => !string.IsNullOrEmpty(pod.Spec.NodeName))
            .ThenBy(static pod => PhaseOrder(pod.Status?.Phase))
            .ThenBy(static pod => pod.IsReady())
            .ThenBy(static pod => CostOf(pod))
            .ThenByDescending(pod => peersOnNode.GetValueOrDefault(pod.Spec.NodeName ?? ""))
            .ThenBy(pod => AgeClass(pod.ReadyCondition()?.LastTransitionTime, now))
            .ThenByDescending(static pod => Restarts(pod))
            .ThenBy(pod => AgeClass(pod.Metadata.CreationTimestamp, now))
            .ThenBy(static pod => pod.Metadata.Uid, StringComparer.Ordinal);

    private static int PhaseOrder(string? phase) => phase switch
    {
        "Running" => 2,
        "Unknown" => 1,
        _ => 0,
    };

    private static int CostOf(V1Pod pod)
        => pod.Metadata.Annotations is { } annotations
            && annotations.TryGetValue(DeletionCost, out var text)
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost)
                ? cost
                : 0;

    private static int Restarts(V1Pod pod)
        => pod.Status?.ContainerStatuses?.Select(static status => status.RestartCount).DefaultIfEmpty().Max() ?? 0;

    // Ages are compared by powers of two, so that pods of about one age are told apart by chance (their uid) and not by
    // who came last.
    private static int AgeClass(DateTime? since, DateTimeOffset now)
    {
        if (since is null)
        {
            return 0;
        }

        var age = (now - PodStates.Utc(since.Value)).Ticks;
        return age <= 0 ? 0 : (int)Math.Log2(age) + 1;
    }
}
