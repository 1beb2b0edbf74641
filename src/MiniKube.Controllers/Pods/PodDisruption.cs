using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Lets a pod say that it ends for a reason of the cluster and not of its own.
/// https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
/// </summary>
internal static class PodDisruption
{
    /// <param name="client">Writes the status.</param>
    /// <param name="pod">The pod; gone already is fine.</param>
    /// <param name="reason">Kubernetes' word for it.</param>
    /// <param name="message">What people read.</param>
    /// <param name="phase">The pod's phase from now on; null leaves it.</param>
    /// <param name="now">The present time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task MarkAsync(
        IApiClient client,
        V1Pod pod,
        string reason,
        string message,
        string? phase,
        DateTimeOffset now,
        CancellationToken cancellationToken)
        => await client.UpdateWithRetryAsync(
            pod,
            copy =>
            {
                copy.Status ??= new V1PodStatus();
                copy.Status.Phase = phase ?? copy.Status.Phase;
                copy.Status.Conditions =
                [
                    .. (copy.Status.Conditions ?? []).Where(static one => one.Type != "DisruptionTarget"),
                    new V1PodCondition
                    {
                        Type = "DisruptionTarget",
                        Status = "True",
                        Reason = reason,
                        Message = message,
                        LastTransitionTime = now.UtcDateTime,
                    },
                ];
                return true;
            },
            "status",
            cancellationToken);
}
