using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Which earlier replica sets nobody can roll back to any more.</summary>
internal static class HistoryPlanner
{
    /// <summary>The oldest revisions beyond the limit, as far as they are empty and settled.</summary>
    public static IEnumerable<V1ReplicaSet> Superfluous(V1Deployment deployment, DeploymentSets sets)
    {
        var alive = sets.Old.Where(static set => !set.IsDeleting()).ToList();
        var surplus = alive.Count - (deployment.Spec.RevisionHistoryLimit ?? int.MaxValue);
        return alive
            .OrderBy(DeploymentAnnotations.RevisionOf)
            .Take(Math.Max(0, surplus))
            .Where(static set => set.Actual() == 0
                && set.Desired() == 0
                && (set.Status?.ObservedGeneration ?? 0) >= (set.Metadata.Generation ?? 0));
    }
}
