using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// Joins this node's pod network with those of all other nodes: watches Nodes and the machine, keeps routes (and with VXLAN a
/// device, its forwarding entries and neighbours) right, opens the packet filter, and announces this node to the others. Changes
/// only what differs; what an earlier process left is taken over or removed. Ready when the nodes are known; see
/// <see cref="SetUp"/>. Stopping leaves everything in place: pods go on talking.
/// </summary>
public sealed partial class NodeNetwork : ClusterComponent
{
    // Changes that come together are worked off together; a tenth of what may pass until a change is followed.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly NodeNetworkOptions _options;
    private readonly MachineNamespace _machine;
    private readonly Informer<V1Node> _nodes;
    private readonly EventBroadcaster _events;
    private readonly NodeNetworkReconciler _reconciler;
    private readonly ReconcileLoop _loop;
    private readonly OverlayProbe _probe;
    private readonly PodFirewall _firewall;
    private readonly ObjectKey _key;

    /// <summary>Touches nothing yet.</summary>
    public NodeNetwork(NodeNetworkOptions options, IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        var logger = loggers.CreateLogger<NodeNetwork>();
        _options = options;
        _key = ObjectKey.Cluster(options.NodeName);
        _machine = new MachineNamespace(options.NamespacePath);
        _nodes = new Informer<V1Node>(client, ObjectQuery.All, time, random, loggers);
        _events = new EventBroadcaster(client, "node-network-events", time, loggers);
        _reconciler = new NodeNetworkReconciler(
            options, _nodes, new NodeAnnouncer(client, time), _events.RecorderFor("node-network", options.NodeName), logger);
        _loop = new ReconcileLoop("node-network-loop", _reconciler, time, random, loggers) { Workers = 1, Rest = Rest }
            .Watches(_nodes, Affected);
        _probe = new OverlayProbe(options, _machine, () => _reconciler.Reached, () => _loop.Enqueue(_key), time);
        _reconciler.Tried = () => _probe.Problems;
        _firewall = new PodFirewall(options.InstanceName, options.StateDirectory, _machine, logger);
    }

    /// <summary>Whether this process may, and this machine can, rewrite the source of what pods send out of the cluster.</summary>
    public static bool CanMasquerade
        => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && HostCommand.Find("nft") is not null;

    /// <inheritdoc />
    public override string Name => "node-network";

    /// <summary>
    /// Completes when this node has its pod addresses, the packet filter is open and a way leads to the pods of every node known
    /// then. Until that a pod's first packet to another node may be lost: the node should not be called ready.
    /// </summary>
    public Task SetUp => _reconciler.SetUp;

    /// <summary>
    /// Stops, and removes every device, route and rule of this instance, also those of an earlier process. Works without a start.
    /// The instance's bridge is gone already.
    /// </summary>
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return; // Nothing was put there.
        }

        await Task.Run(_reconciler.RemoveAll, cancellationToken);
        using var netlink = _machine.OpenNetlink();
        var others = netlink.ListLinks().Exists(
            link => link.Kind == "bridge" && link.Name.StartsWith("mk-") && link.Name != _options.InstanceName);
        await _firewall.CloseAsync(others, cancellationToken);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _reconciler.Dispose();
    }

    /// <summary>Asks the other nodes for an answer now; for tests without the beat.</summary>
    internal Task ProbeAsync(CancellationToken cancellationToken) => _probe.ProbeAsync(cancellationToken);

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        ClusterComponent[] parts = [_events, _nodes, _loop, _probe];
        try
        {
            using var monitor = _machine.Run(MachineMonitor.Open);
            await _events.StartAsync(stopping);
            await Task.WhenAll(_nodes.StartAsync(stopping), OpenFirewallAsync(stopping));
            await _loop.StartAsync(stopping);
            await _probe.StartAsync(stopping);
            _options.Address.Changed += Enqueue;
            SignalReady();
            var following = FollowMachineAsync(monitor, stopping);
            var first = await Task.WhenAny(parts.Select(static part => part.Completion).Append(following)).WaitAsync(stopping);
            await first;
        }
        finally
        {
            _options.Address.Changed -= Enqueue;
            await Task.WhenAll(parts.Select(static part => part.DisposeAsync().AsTask()));
        }
    }

    private async Task FollowMachineAsync(MachineMonitor monitor, CancellationToken stopping)
    {
        var links = new PodLinks(_options.InstanceName);
        await foreach (var _ in monitor.ReadAllAsync(name => links.OffsetOf(name) is not null, stopping))
        {
            Enqueue();
        }
    }

    private void Enqueue() => _loop.Enqueue(_key);

    private Task OpenFirewallAsync(CancellationToken stopping)
        // Without the rights for it Docker's own rules serve.
        => Environment.IsPrivilegedProcess
            ? _firewall.OpenAsync(_options.ClusterCidr, _options.DeviceName, stopping)
            : Task.CompletedTask;

    // Heartbeats and images of other nodes are no news here.
    private IEnumerable<ObjectKey> Affected(ObjectKey key, V1Node? old, V1Node? current)
    {
        var matters = key == _key
            || (old is null ? null : PeerNode.Of(old)) != (current is null ? null : PeerNode.Of(current));
        return matters ? [_key] : [];
    }
}
