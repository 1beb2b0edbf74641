using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Removes pods that no node will end. Keys are pods, and <see cref="FinishedPods"/>.</summary>
internal sealed class PodGarbageReconciler(
    IApiClient client, Informer<V1Pod> pods, Informer<V1Node> nodes, ControllerOptions options, TimeProvider time)
    : IReconciler
{
    /// <summary>Stands for all pods that have finished. No pod has such a key.</summary>
    public static readonly ObjectKey FinishedPods = ObjectKey.Cluster("finished-pods");

    private readonly MissingNodes _missing = new(time);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (key == FinishedPods)
        {
            await RemoveSurplusAsync(cancellationToken);
            return ReconcileResult.Done;
        }

        if (pods.Find(key) is not { } pod)
        {
            return ReconcileResult.Done;
        }

        var node = string.IsNullOrEmpty(pod.Spec.NodeName) ? null : nodes.Find(ObjectKey.Cluster(pod.Spec.NodeName));
        switch (PodGarbagePlanner.Judge(pod, node))
        {
            case PodGarbage.NodeGone:
                return await OnMissingNodeAsync(pod, cancellationToken);
            case PodGarbage.NeverScheduled:
                await DeleteNowAsync(pod, cancellationToken);
                break;
            case PodGarbage.OutOfService:
                await FailAsync(pod, "PodGC: node is out of service", cancellationToken);
                await DeleteNowAsync(pod, cancellationToken);
                break;
        }

        if (node is not null)
        {
            _missing.Forget(node.Metadata.Name);
        }

        return ReconcileResult.Done;
    }

    /// <summary>
    /// A node that is gone cannot end its pods: after a while, in which it may come back, they are removed without it.
    /// </summary>
    private async Task<ReconcileResult> OnMissingNodeAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var node = ObjectKey.Cluster(pod.Spec.NodeName);
        var left = _missing.Since(node.Name) + options.MissingNodeQuarantine - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return ReconcileResult.After(left);
        }

        if (await client.FindAsync<V1Node>(node, cancellationToken) is not null)
        {
            return ReconcileResult.Done; // It is back; the cache will say so.
        }

        await FailAsync(pod, "PodGC: node no longer exists", cancellationToken);
        await DeleteNowAsync(pod, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task RemoveSurplusAsync(CancellationToken cancellationToken)
    {
        foreach (var pod in PodGarbagePlanner.Surplus(pods.All, options.FinishedPodsMax))
        {
            await DeleteNowAsync(pod, cancellationToken);
        }
    }

    private Task FailAsync(V1Pod pod, string message, CancellationToken cancellationToken)
        => PodDisruption.MarkAsync(
            client, pod, "DeletionByPodGC", message, pod.IsFinished() ? null : "Failed", time.GetUtcNow(), cancellationToken);

    private async Task DeleteNowAsync(V1Pod pod, CancellationToken cancellationToken)
    {
        var now = new V1DeleteOptions
        {
            GracePeriodSeconds = 0,
            Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
        };
        try
        {
            await client.DeleteAsync<V1Pod>(pod.Key(), now, cancellationToken);
        }
        catch (ApiException gone) when (gone.Reason is StatusReason.NotFound or StatusReason.Conflict)
        {
            // Gone already, or another pod has its name.
        }
    }
}
