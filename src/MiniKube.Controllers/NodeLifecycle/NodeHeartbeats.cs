using System.Collections.Concurrent;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// When each node was last heard of, by the time this process was there to hear it: a lease that is renewed counts from
/// when the renewal was seen, so neither a node with a wrong clock nor a restart of this process makes anybody late.
/// Thread-safe.
/// </summary>
internal sealed class NodeHeartbeats(Informer<V1Lease> leases, AwakeClock clock)
{
    private const string LeaseNamespace = "kube-node-lease";

    private readonly ConcurrentDictionary<string, Heartbeat> _byNode = new();

    /// <summary>The node a lease is of, or nothing.</summary>
    public static IEnumerable<ObjectKey> NodeOf(V1Lease lease)
        => lease.Metadata.NamespaceProperty == LeaseNamespace ? [ObjectKey.Cluster(lease.Metadata.Name)] : [];

    public TimeSpan LastSeen(V1Node node)
    {
        var renewed = leases.Find(new ObjectKey(LeaseNamespace, node.Metadata.Name))?.Spec?.RenewTime;
        var reported = node.Status?.Conditions?.Max(static one => one.LastHeartbeatTime);
        var sign = new Heartbeat(node.Metadata.Uid, renewed, reported, clock.Elapsed);
        return _byNode.AddOrUpdate(
            node.Metadata.Name,
            sign,
            (_, known) => known.IsSameSign(sign) ? known : sign).SeenAt;
    }

    public void Forget(string node) => _byNode.TryRemove(node, out _);

    private sealed record Heartbeat(string Uid, DateTime? Renewed, DateTime? Reported, TimeSpan SeenAt)
    {
        public bool IsSameSign(Heartbeat other)
            => Uid == other.Uid && Renewed == other.Renewed && Reported == other.Reported;
    }
}
