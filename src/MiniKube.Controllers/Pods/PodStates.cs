using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// What a pod's status means to controllers. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
/// </summary>
internal static class PodStates
{
    /// <summary>Counts as a replica: neither finished nor on its way out.</summary>
    public static bool IsActive(this V1Pod pod) => !pod.IsFinished() && pod.Metadata.DeletionTimestamp is null;

    /// <summary>Will never run again.</summary>
    public static bool IsFinished(this V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    public static bool IsReady(this V1Pod pod) => pod.ReadyCondition()?.Status == "True";

    public static V1PodCondition? ReadyCondition(this V1Pod pod) => pod.Condition("Ready");

    public static V1PodCondition? Condition(this V1Pod pod, string type)
        => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>
    /// When the pod has been ready long enough to count as available: a time not after now means it is; null, that it
    /// is not even ready.
    /// </summary>
    public static DateTimeOffset? AvailableFrom(this V1Pod pod, int minReadySeconds)
    {
        var ready = pod.ReadyCondition();
        if (ready?.Status != "True")
        {
            return null;
        }

        return minReadySeconds == 0
            ? DateTimeOffset.MinValue
            : Utc(ready.LastTransitionTime ?? DateTime.UnixEpoch).AddSeconds(minReadySeconds);
    }

    public static bool IsAvailable(this V1Pod pod, int minReadySeconds, DateTimeOffset now)
        => pod.AvailableFrom(minReadySeconds) <= now;

    /// <summary>The model's times are UTC, whatever their kind says.</summary>
    public static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));
}
