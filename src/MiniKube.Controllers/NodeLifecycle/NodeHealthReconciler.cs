using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Notices nodes that have gone silent, says so in their conditions and taints, and takes their pods out of service.
/// What becomes of the pods is decided by their tolerations, elsewhere.
/// </summary>
internal sealed class NodeHealthReconciler(
    IApiClient client,
    Informer<V1Node> nodes,
    Informer<V1Lease> leases,
    ObjectIndex<V1Pod> podsByNode,
    TimeSpan grace,
    EventRecorder events,
    TimeProvider time)
    : IReconciler
{
    private static readonly string[] Monitored = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private readonly NodeHeartbeats _heartbeats = new(leases, time);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (nodes.Find(key) is not { } node || node.IsDeleting())
        {
            _heartbeats.Forget(key.Name);
            return ReconcileResult.Done;
        }

        var lateAt = _heartbeats.LastSeen(node) + grace;
        var now = time.GetUtcNow();
        if (lateAt <= now)
        {
            node = await DeclareUnknownAsync(node, cancellationToken) ?? node;
        }

        await TaintAsync(node, cancellationToken);
        if (!IsReady(node))
        {
            await TakeOutOfServiceAsync(node, cancellationToken);
        }

        return lateAt > now ? ReconcileResult.After(lateAt - now) : ReconcileResult.Done;
    }

    private async Task<V1Node?> DeclareUnknownAsync(V1Node node, CancellationToken cancellationToken)
    {
        if (Monitored.All(type => Find(node, type)?.Status == "Unknown"))
        {
            return node;
        }

        var updated = await client.UpdateWithRetryAsync(node, SetUnknown, "status", cancellationToken);
        if (updated is not null && IsReady(node))
        {
            events.Normal(node, "NodeNotReady", $"Node {node.Metadata.Name} status is now: NodeNotReady");
        }

        return updated;
    }

    private bool SetUnknown(V1Node node)
    {
        node.Status ??= new V1NodeStatus();
        var present = node.Status.Conditions ?? [];
        var others = present.Where(static one => !Monitored.Contains(one.Type));
        node.Status.Conditions = [.. others, .. Monitored.Select(type => Unknown(type, Find(node, type)))];
        return true;
    }

    private V1NodeCondition Unknown(string type, V1NodeCondition? known)
    {
        if (known?.Status == "Unknown")
        {
            return known;
        }

        var (reason, message) = known is null
            ? ("NodeStatusNeverUpdated", "Kubelet never posted node status.")
            : ("NodeStatusUnknown", "Kubelet stopped posting node status.");
        return new V1NodeCondition
        {
            Type = type,
            Status = "Unknown",
            Reason = reason,
            Message = message,
            LastHeartbeatTime = known?.LastHeartbeatTime,
            LastTransitionTime = time.GetUtcNow().UtcDateTime,
        };
    }

    private async Task TaintAsync(V1Node node, CancellationToken cancellationToken)
        => await client.UpdateWithRetryAsync(
            node,
            copy =>
            {
                var wanted = NodeTaints.Of(copy, time.GetUtcNow());
                var isSame = NodeTaints.IsSame(copy.Spec?.Taints, wanted);
                copy.Spec ??= new V1NodeSpec();
                copy.Spec.Taints = wanted;
                return !isSame;
            },
            subresource: null,
            cancellationToken);

    // Nobody on the node can say any more whether they are: services must not send them anything.
    private async Task TakeOutOfServiceAsync(V1Node node, CancellationToken cancellationToken)
    {
        foreach (var pod in podsByNode[node.Metadata.Name].Where(static pod => pod.IsReady()))
        {
            var updated = await client.UpdateWithRetryAsync(pod, SetNotReady, "status", cancellationToken);
            if (updated is not null)
            {
                events.Warning(pod, "NodeNotReady", "Node is not ready");
            }
        }
    }

    private bool SetNotReady(V1Pod pod)
    {
        if (!pod.IsReady())
        {
            return false;
        }

        pod.Status.Conditions =
        [
            .. pod.Status.Conditions.Select(one => one.Type == "Ready"
                ? one with { Status = "False", LastTransitionTime = time.GetUtcNow().UtcDateTime }
                : one),
        ];
        return true;
    }

    private static V1NodeCondition? Find(V1Node node, string type)
        => node.Status?.Conditions?.FirstOrDefault(one => one.Type == type);

    private static bool IsReady(V1Node node) => Find(node, "Ready")?.Status == "True";
}
