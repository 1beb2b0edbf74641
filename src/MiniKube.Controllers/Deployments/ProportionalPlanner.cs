using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// Spreads a change of the desired number over the sets of a rollout that is under way, by their sizes.
/// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#proportional-scaling
/// </summary>
internal static class ProportionalPlanner
{
    /// <summary>True when the desired number has changed since a set that has pods was last scaled.</summary>
    public static bool IsScaling(V1Deployment deployment, DeploymentSets sets)
        => sets.All.Any(set => set.Desired() > 0
            && set.Metadata.NumberIn(DeploymentAnnotations.DesiredReplicas) is { } wanted
            && wanted != (deployment.Spec.Replicas ?? 1));

    /// <summary>
    /// What each set's size should be. Sets whose size stays are listed too: they note the new desired number.
    /// </summary>
    public static ImmutableArray<Scaling> Plan(V1Deployment deployment, DeploymentSets sets)
    {
        var desired = deployment.Spec.Replicas ?? 1;
        var active = sets.All.Where(static set => set.Desired() > 0).ToImmutableArray();
        if (active.Length <= 1)
        {
            var only = active.FirstOrDefault() ?? sets.New ?? sets.Old.LastOrDefault();
            return only is null ? [] : [new Scaling(only, desired)];
        }

        if (IsSaturated(desired, sets.New))
        {
            return [.. sets.Old.Where(static set => set.Desired() > 0).Select(static set => new Scaling(set, 0))];
        }

        return deployment.IsRollingUpdate() ? Spread(RolloutBounds.Of(deployment), active, deployment) : [];
    }

    private static bool IsSaturated(int desired, V1ReplicaSet? newest)
        => newest is not null
            && newest.Desired() == desired
            && newest.Available() == desired
            && newest.Metadata.NumberIn(DeploymentAnnotations.DesiredReplicas) == desired;

    private static ImmutableArray<Scaling> Spread(
        RolloutBounds bounds, ImmutableArray<V1ReplicaSet> active, V1Deployment deployment)
    {
        var allowed = bounds.Desired > 0 ? bounds.PodsMax : 0;
        var toAdd = allowed - active.Sum(static set => set.Desired());
        List<Scaling> scalings = [];
        var left = toAdd;
        foreach (var set in InOrder(active, growing: toAdd > 0))
        {
            var share = Share(set, deployment, bounds);
            var part = toAdd > 0 ? Math.Clamp(share, 0, left) : Math.Clamp(share, left, 0);
            scalings.Add(new Scaling(set, set.Desired() + part));
            left -= part;
        }

        // What rounding left over goes to the first, the largest.
        scalings[0] = scalings[0] with { Replicas = Math.Max(0, scalings[0].Replicas + left) };
        return [.. scalings];
    }

    // Growing prefers the newer of two equal sets, shrinking the older.
    private static IEnumerable<V1ReplicaSet> InOrder(ImmutableArray<V1ReplicaSet> active, bool growing)
    {
        var bySize = active.OrderByDescending(static set => set.Desired());
        return growing
            ? bySize.ThenByDescending(static set => set.Metadata.CreationTimestamp)
            : bySize.ThenBy(static set => set.Metadata.CreationTimestamp);
    }

    private static int Share(V1ReplicaSet set, V1Deployment deployment, RolloutBounds bounds)
    {
        if (bounds.Desired == 0)
        {
            return -set.Desired();
        }

        var former = set.Metadata.NumberIn(DeploymentAnnotations.MaxReplicas) ?? deployment.Status?.Replicas ?? 0;
        var size = former == 0 ? set.Desired() : set.Desired() * (double)bounds.PodsMax / former;
        return (int)Math.Round(size, MidpointRounding.AwayFromZero) - set.Desired();
    }
}
