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
    AwakeClock clock,
    EventRecorder events,
    TimeProvider time)
    : IReconciler
{
    private static readonly string[] Monitored = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    private readonly NodeHeartbeats _heartbeats = new(leases, clock);
    private readonly EvictionPace _pace = new(clock);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (nodes.Find(key) is not { } node || node.IsDeleting())
        {
            _heartbeats.Forget(key.Name);
            return ReconcileResult.Done;
        }

        var left = _heartbeats.LastSeen(node) + grace - clock.Elapsed;
        if (left <= TimeSpan.Zero)
        {
            node = await DeclareUnknownAsync(node, cancellationToken) ?? node;
        }

        var turn = await TaintAsync(node, cancellationToken);
        if (!ZonePlanner.IsReady(node))
        {
            await TakeOutOfServiceAsync(node, cancellationToken);
        }

        return Soonest(left > TimeSpan.Zero ? left : null, turn);
    }

    private async Task<V1Node?> DeclareUnknownAsync(V1Node node, CancellationToken cancellationToken)
    {
        if (Monitored.All(type => Find(node, type)?.Status == "Unknown"))
        {
            return node;
        }

        var updated = await client.UpdateWithRetryAsync(node, SetUnknown, "status", cancellationToken);
        if (updated is not null && ZonePlanner.IsReady(node))
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

    // Returns how long the node's pods still wait for their turn to leave it.
    private async Task<TimeSpan?> TaintAsync(V1Node node, CancellationToken cancellationToken)
    {
        var rates = ZonePlanner.Plan([.. nodes.All.Where(other => other.Metadata.Name != node.Metadata.Name), node]);
        var drivesOut = !rates.IsAllDown && NodeTaints.DrivesOut(node);
        TimeSpan? wait = null;
        if (!drivesOut && !ZonePlanner.IsReady(node))
        {
            wait = _pace.TakeTurn(node, rates);
            drivesOut = wait == TimeSpan.Zero;
        }

        await WriteTaintsAsync(node, drivesOut, cancellationToken);
        return wait > TimeSpan.Zero ? wait : null;
    }

    private async Task WriteTaintsAsync(V1Node node, bool drivesOut, CancellationToken cancellationToken)
        => await client.UpdateWithRetryAsync(
            node,
            copy =>
            {
                var wanted = NodeTaints.Of(copy, drivesOut, time.GetUtcNow());
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

    private static ReconcileResult Soonest(TimeSpan? one, TimeSpan? other)
    {
        var wait = one is null || other < one ? other : one;
        return wait is { } delay ? ReconcileResult.After(delay) : ReconcileResult.Done;
    }
}
