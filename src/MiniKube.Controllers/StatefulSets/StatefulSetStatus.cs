using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The status of a stateful set, as its pods are now.</summary>
internal static class StatefulSetStatus
{
    /// <param name="set">The set.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="current">Name of the revision before the update.</param>
    /// <param name="revisions">Its revisions.</param>
    /// <param name="now">The present time.</param>
    public static V1StatefulSetStatus Of(
        V1StatefulSet set, IReadOnlyCollection<V1Pod> pods, string current, RevisionSet revisions, DateTimeOffset now)
    {
        var update = revisions.Update.Metadata.Name;
        var minReady = set.Spec.MinReadySeconds ?? 0;
        var staying = pods.Where(static pod => !pod.IsDeleting()).ToList();
        var status = new V1StatefulSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            Replicas = pods.Count,
            ReadyReplicas = DeploymentTerms.Shown(pods.Count(IsReady)),
            AvailableReplicas = pods.Count(pod => IsReady(pod) && pod.IsAvailable(minReady, now)),
            CurrentReplicas = DeploymentTerms.Shown(staying.Count(pod => StatefulPods.RevisionOf(pod) == current)),
            UpdatedReplicas = DeploymentTerms.Shown(staying.Count(pod => StatefulPods.RevisionOf(pod) == update)),
            CurrentRevision = current,
            UpdateRevision = update,
            CollisionCount = revisions.Collisions,
            Conditions = set.Status?.Conditions,
        };
        return IsComplete(set, status) ? status with { CurrentRevision = update, CurrentReplicas = status.UpdatedReplicas } : status;
    }

    /// <summary>When the next ready pod becomes available; null when no pod is waiting for that.</summary>
    public static DateTimeOffset? NextAvailable(V1StatefulSet set, IEnumerable<V1Pod> pods, DateTimeOffset now)
        => pods.Select(pod => pod.AvailableFrom(set.Spec.MinReadySeconds ?? 0)).Where(at => at > now).Min();

    private static bool IsReady(V1Pod pod) => pod.Status?.Phase == "Running" && pod.IsReady();

    private static bool IsComplete(V1StatefulSet set, V1StatefulSetStatus status)
    {
        var desired = set.Spec.Replicas ?? 1;
        return set.Spec.UpdateStrategy?.Type is null or "RollingUpdate"
            && (status.UpdatedReplicas ?? 0) == desired
            && (status.ReadyReplicas ?? 0) == desired
            && status.Replicas == desired;
    }
}
