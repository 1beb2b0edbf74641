using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>A replica set that is to have another number of pods.</summary>
internal sealed record Scaling(V1ReplicaSet Set, int Replicas);

/// <summary>
/// The next step of a rolling update. Never more pods than desired + surge by this plan, never fewer available ones
/// than desired - unavailable: pods that are not available anyway go first, then available ones as far as new ones have
/// replaced them.
/// </summary>
internal static class RolloutPlanner
{
    /// <summary>How many pods the newest set may have now.</summary>
    public static int SizeOfNew(V1Deployment deployment, DeploymentSets sets, int current)
    {
        var bounds = RolloutBounds.Of(deployment);
        if (!deployment.IsRollingUpdate())
        {
            return bounds.Desired;
        }

        var room = bounds.PodsMax - sets.All.Sum(static set => set.Desired());
        return room <= 0 ? current : current + Math.Min(room, bounds.Desired - current);
    }

    /// <summary>The newest set's change, or null when it has its size for now.</summary>
    public static Scaling? ScaleNew(V1Deployment deployment, DeploymentSets sets)
    {
        if (sets.New is not { } newest)
        {
            return null;
        }

        var desired = deployment.Spec.Replicas ?? 1;
        var size = newest.Desired() > desired ? desired : SizeOfNew(deployment, sets, newest.Desired());
        return size == newest.Desired() ? null : new Scaling(newest, size);
    }

    /// <summary>Which earlier sets shrink now, and to what; empty while none can be spared.</summary>
    public static ImmutableArray<Scaling> ScaleOld(V1Deployment deployment, DeploymentSets sets)
    {
        var bounds = RolloutBounds.Of(deployment);
        var newUnavailable = sets.New is { } newest ? newest.Desired() - newest.Available() : 0;
        var sparable = sets.All.Sum(static set => set.Desired()) - bounds.AvailableMin - newUnavailable;
        if (sparable <= 0)
        {
            return [];
        }

        var sizes = sets.Old.ToDictionary(static set => set.Metadata.Name, static set => set.Desired());
        ShrinkUnavailable(sets.Old, sizes, sparable);
        ShrinkAvailable(sets, sizes, bounds);
        return
        [
            .. sets.Old.Select(set => new Scaling(set, sizes[set.Metadata.Name]))
                .Where(static scaling => scaling.Replicas != scaling.Set.Desired()),
        ];
    }

    private static void ShrinkUnavailable(ImmutableArray<V1ReplicaSet> old, Dictionary<string, int> sizes, int sparable)
    {
        foreach (var set in old)
        {
            var cut = Math.Clamp(sizes[set.Metadata.Name] - set.Available(), 0, sparable);
            sizes[set.Metadata.Name] -= cut;
            sparable -= cut;
        }
    }

    private static void ShrinkAvailable(DeploymentSets sets, Dictionary<string, int> sizes, RolloutBounds bounds)
    {
        // A set that shrank in the cache already may still report pods it is about to lose.
        var available = sets.All.Sum(static set => Math.Min(set.Available(), set.Desired()));
        var sparable = available - bounds.AvailableMin;
        foreach (var set in sets.Old)
        {
            var cut = Math.Clamp(sizes[set.Metadata.Name], 0, Math.Max(0, sparable));
            sizes[set.Metadata.Name] -= cut;
            sparable -= cut;
        }
    }
}
