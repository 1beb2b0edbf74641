using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The number behind a pod's priority class, which users may not choose themselves.
/// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
/// </summary>
internal static class PodPriority
{
    /// <exception cref="ApiException">There is no such class, or the pod says a number that is not its class's.</exception>
    public static void Set(V1Pod pod, PriorityClasses classes)
    {
        var found = string.IsNullOrEmpty(pod.Spec.PriorityClassName)
            ? classes.Default()
            : classes.Find(pod.Spec.PriorityClassName)
                ?? throw Refuse(pod, $"no PriorityClass with name {pod.Spec.PriorityClassName} was found");
        pod.Spec.PriorityClassName = found?.Metadata.Name ?? pod.Spec.PriorityClassName;
        var (priority, policy) = (found?.Value ?? 0, found?.PreemptionPolicy ?? "PreemptLowerPriority");
        if (pod.Spec.Priority is { } asked && asked != priority)
        {
            throw Refuse(pod,
                $"the integer value of priority ({asked}) must not be provided in pod spec; priority admission controller "
                + $"computed {priority} from the given PriorityClass name");
        }

        if (pod.Spec.PreemptionPolicy is { } wanted && wanted != policy)
        {
            throw Refuse(pod,
                $"the string value of PreemptionPolicy ({wanted}) must not be provided in pod spec; priority admission controller "
                + $"computed {policy} from the given PriorityClass name");
        }

        pod.Spec.Priority = priority;
        pod.Spec.PreemptionPolicy = policy;
    }

    private static ApiException Refuse(V1Pod pod, string why)
        => ApiException.Forbidden(Gvr.Core("v1", "pods"), pod.Metadata.Name, why);
}
