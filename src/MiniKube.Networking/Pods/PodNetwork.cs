using System.Net;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>
/// The pods of this node on one bridge: a veth pair per pod, the gateway on the bridge, addresses that stay with
/// their sandbox across restarts. Thread-safe; all members are safe to repeat. Failures are <see
/// cref="NetlinkException"/>, or <see cref="InvalidOperationException"/> saying what to do.
/// </summary>
public sealed class PodNetwork : IAsyncDisposable
{
    private readonly PodNetworkOptions _options;
    private readonly PodLinks _links;
    private readonly PodFirewall? _firewall;
    private readonly MachineNamespace _machine;
    private readonly Lazy<NodeBridge> _bridge;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Configuration? _configuration;
    private Task _opening = Task.CompletedTask;

    /// <summary>Touches nothing yet.</summary>
    public PodNetwork(PodNetworkOptions options, ILogger<PodNetwork> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.InstanceName.Length, PodNetworkOptions.InstanceNameMax);
        _options = options;
        _links = new PodLinks(options.InstanceName);
        _machine = new MachineNamespace(options.NamespacePath);
        _bridge = new Lazy<NodeBridge>(() => new NodeBridge(_machine.OpenNetlink(), _links));
        _firewall = options.OpensFirewall
            ? new PodFirewall(options.InstanceName, options.StateDirectory, _machine, logger)
            : null;
    }

    /// <summary>
    /// Makes the bridge with the first address of the CIDR, and takes up the leases of an earlier process. Rules of the
    /// packet filter, which pods need only beyond this machine, follow in the background.
    /// </summary>
    public Task ConfigureAsync(IPNetwork podCidr, CancellationToken cancellationToken)
        => Task.Run(() => Configure(podCidr), cancellationToken);

    /// <summary>
    /// Gives the network namespace its loopback, an <c>eth0</c> with the sandbox's address, and a default route.
    /// Returns the address, which stays with the sandbox until <see cref="DetachAsync"/>.
    /// </summary>
    public Task<IPAddress> AttachAsync(string sandboxId, string netnsPath, CancellationToken cancellationToken)
        => Task.Run(() => Attach(sandboxId, netnsPath), cancellationToken);

    /// <summary>Removes the sandbox's link if it is still there and gives its address back.</summary>
    public Task DetachAsync(string sandboxId, CancellationToken cancellationToken)
        => Task.Run(() => Detach(sandboxId), cancellationToken);

    /// <summary>
    /// Removes the bridge, every pod's link, every rule and every lease of this instance, also those of an earlier
    /// process. Needs no <see cref="ConfigureAsync"/> before.
    /// </summary>
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _configuration, null);
        var otherInstances = await Task.Run(_bridge.Value.RemoveAll, cancellationToken);
        if (_firewall is not null)
        {
            await _firewall.CloseAsync(otherInstances, cancellationToken);
        }

        AddressLeases.Delete(_options.StateDirectory);
    }

    /// <summary>Leaves the network as it is, for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_bridge.IsValueCreated)
        {
            _bridge.Value.Dispose();
        }

        _stopping.Dispose();
    }

    /// <summary>The addresses that pods of an earlier process have; null when none has any.</summary>
    public static IPNetwork? CidrInUse(string stateDirectory)
        => AddressLeases.Load(stateDirectory) is { Sandboxes.Count: > 0 } leases && IPNetwork.TryParse(leases.PodCidr, out var cidr)
            ? cidr
            : null;

    private void Configure(IPNetwork podCidr)
    {
        lock (_gate)
        {
            if (_configuration?.PodCidr == podCidr)
            {
                return;
            }

            var bridge = _bridge.Value;
            var addresses = AddressBook.Open(podCidr, _options.StateDirectory, bridge.ConnectedOffsets());
            var mtu = _options.Mtu ?? bridge.DefaultMtu(_options.NodeIp) - _options.Overhead;
            var index = bridge.Make(addresses.Gateway, podCidr.PrefixLength, mtu);
            _configuration = new Configuration(podCidr, addresses, index, mtu);
            if (_firewall is { } firewall)
            {
                _opening = Task.Run(
                    () => firewall.OpenAsync(podCidr, _options.InstanceName + "v", _stopping.Token), _stopping.Token);
            }
        }
    }

    private IPAddress Attach(string sandboxId, string netnsPath)
    {
        var configuration = Volatile.Read(ref _configuration)
            ?? throw new InvalidOperationException("the pod network has no pod CIDR yet");
        var offset = configuration.Addresses.Lease(sandboxId);
        var address = configuration.Addresses.AddressAt(offset);
        using var ns = NetworkNamespace.OpenFile(netnsPath);
        using var pod = RouteNetlink.OpenIn(netnsPath);
        if (pod.FindLink(PodLinks.PodSide) is null)
        {
            var veth = new VethSpec(
                _links.NodeSide(offset),
                PodLinks.PodSide,
                PodLinks.HardwareAddress(address),
                configuration.BridgeIndex,
                configuration.Mtu);
            _bridge.Value.Connect(veth, (int)ns.DangerousGetHandle());
        }

        SetUpPodSide(pod, configuration, address);
        return address;
    }

    private static void SetUpPodSide(RouteNetlink pod, Configuration configuration, IPAddress address)
    {
        pod.SetUp("lo");
        pod.SetUp(PodLinks.PodSide);
        var eth0 = pod.FindLink(PodLinks.PodSide)
            ?? throw new InvalidOperationException($"the pod's {PodLinks.PodSide} vanished while it was being set up");
        pod.AddAddress(new LinkAddress(eth0.Index, address, configuration.PodCidr.PrefixLength));
        pod.AddRoute(RouteSpec.Default(configuration.Addresses.Gateway, eth0.Index));
    }

    private void Detach(string sandboxId)
    {
        if (Volatile.Read(ref _configuration) is { } configuration
            && configuration.Addresses.Find(sandboxId) is { } offset)
        {
            _bridge.Value.Disconnect(offset);
            configuration.Addresses.Release(sandboxId);
        }
    }

    private sealed record Configuration(IPNetwork PodCidr, AddressBook Addresses, int BridgeIndex, int Mtu);
}
