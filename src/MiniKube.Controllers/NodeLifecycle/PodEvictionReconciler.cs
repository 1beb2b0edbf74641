using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Deletes pods whose node no longer suits them. A pod of a node that cannot be reached stays, terminating, until the
/// node is back and ends it, or the node is deleted: until then it may still run. Keys are pods.
/// </summary>
internal sealed class PodEvictionReconciler(
    IApiClient client, Informer<V1Pod> pods, Informer<V1Node> nodes, EventRecorder events, TimeProvider time)
    : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (pods.Find(key) is not { } pod
            || string.IsNullOrEmpty(pod.Spec.NodeName)
            || nodes.Find(ObjectKey.Cluster(pod.Spec.NodeName)) is not { } node)
        {
            return ReconcileResult.Done;
        }

        var now = time.GetUtcNow();
        if (pod.IsDeleting() || EvictionPlanner.LeavesAt(pod, node.Spec?.Taints ?? [], now) is not { } leavesAt)
        {
            return ReconcileResult.Done;
        }

        if (leavesAt > now)
        {
            return ReconcileResult.After(leavesAt - now);
        }

        events.Normal(pod, "TaintManagerEviction", $"Marking for deletion Pod {pod.Key()}");
        await PodDisruption.MarkAsync(
            client,
            pod,
            "DeletionByTaintManager",
            "Taint manager: deleting due to NoExecute taint",
            phase: null,
            now,
            cancellationToken);
        await client.DeleteIfPresentAsync(pod, cancellationToken);
        return ReconcileResult.Done;
    }
}
