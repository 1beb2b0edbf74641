using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Deletes pods whose node no longer suits them, or is no longer there. Keys are pods.</summary>
internal sealed class PodEvictionReconciler(
    IApiClient client,
    Informer<V1Pod> pods,
    Informer<V1Node> nodes,
    TimeSpan quarantine,
    EventRecorder events,
    TimeProvider time)
    : IReconciler
{
    private readonly MissingNodes _missing = new(time);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (pods.Find(key) is not { } pod || string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            return ReconcileResult.Done;
        }

        if (nodes.Find(ObjectKey.Cluster(pod.Spec.NodeName)) is not { } node)
        {
            return await OnMissingNodeAsync(pod, cancellationToken);
        }

        _missing.Forget(pod.Spec.NodeName);
        var now = time.GetUtcNow();
        if (pod.IsDeleting() || EvictionPlanner.LeavesAt(pod, node.Spec?.Taints ?? [], now) is not { } leavesAt)
        {
            return ReconcileResult.Done;
        }

        if (leavesAt > now)
        {
            return ReconcileResult.After(leavesAt - now);
        }

        await EvictAsync(pod, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task EvictAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        events.Normal(pod, "TaintManagerEviction", $"Marking for deletion Pod {pod.Key()}");
        await MarkDisruptedAsync(
            pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", phase: null, cancellationToken);
        await client.DeleteIfPresentAsync(pod, cancellationToken);
    }

    /// <summary>
    /// A node that is gone cannot end its pods: after a while, in which it may come back, they are removed without it.
    /// </summary>
    private async Task<ReconcileResult> OnMissingNodeAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var node = ObjectKey.Cluster(pod.Spec.NodeName);
        var left = _missing.Since(node.Name) + quarantine - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return ReconcileResult.After(left);
        }

        if (await client.FindAsync<V1Node>(node, cancellationToken) is not null)
        {
            return ReconcileResult.Done; // It is back; the cache will say so.
        }

        await MarkDisruptedAsync(
            pod, "DeletionByPodGC", "PodGC: node no longer exists", pod.IsFinished() ? null : "Failed", cancellationToken);
        await DeleteNowAsync(pod, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task MarkDisruptedAsync(
        V1Pod pod, string reason, string message, string? phase, CancellationToken cancellationToken)
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
                        LastTransitionTime = time.GetUtcNow().UtcDateTime,
                    },
                ];
                return true;
            },
            "status",
            cancellationToken);

    private async Task DeleteNowAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var options = new V1DeleteOptions
        {
            GracePeriodSeconds = 0,
            Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
        };
        try
        {
            await client.DeleteAsync<V1Pod>(pod.Key(), options, cancellationToken);
        }
        catch (ApiException gone) when (gone.Reason is StatusReason.NotFound or StatusReason.Conflict)
        {
            // Gone already, or another pod has its name.
        }
    }
}
