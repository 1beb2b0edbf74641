using System.Net;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>
/// The pods of this node on one bridge: a veth pair per pod, the gateway on the bridge, addresses that stay with their
/// sandbox across restarts. Thread-safe; all members are safe to repeat. Failures are <see cref="NetlinkException"/>,
/// or <see cref="InvalidOperationException"/> saying what to do.
/// </summary>
public sealed class PodNetwork : IAsyncDisposable
{
    private readonly PodNetworkOptions _options;
    private readonly PodLinks _links;
    private readonly PodFirewall _firewall;
    private readonly Lazy<RouteNetlink> _node = new(RouteNetlink.Open);
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
        _firewall = new PodFirewall(options.InstanceName, options.StateDirectory, logger);
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
        var others = await Task.Run(RemoveLinks, cancellationToken);
        await _firewall.CloseAsync(others, cancellationToken);
        AddressLeases.Delete(_options.StateDirectory);
    }

    /// <summary>Leaves the network as it is, for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_node.IsValueCreated)
        {
            _node.Value.Dispose();
        }

        _stopping.Dispose();
    }

    private void Configure(IPNetwork podCidr)
    {
        lock (_gate)
        {
            if (_configuration?.PodCidr == podCidr)
            {
                return;
            }

            Directory.CreateDirectory(_options.StateDirectory);
            var pool = new AddressPool(podCidr, LoadLeases(podCidr));
            var mtu = _options.Mtu ?? DefaultMtu();
            var bridge = MakeBridge(podCidr, pool.Gateway, mtu);
            ReserveUnknown(pool);
            _configuration = new Configuration(podCidr, pool, bridge.Index, mtu);
            _opening = _firewall.OpenAsync(podCidr, _stopping.Token);
        }
    }

    private IPAddress Attach(string sandboxId, string netnsPath)
    {
        var configuration = Volatile.Read(ref _configuration)
            ?? throw new InvalidOperationException("the pod network has no pod CIDR yet");
        var offset = Change(configuration, pool => pool.Lease(sandboxId));
        var address = configuration.PodCidr.AddressAt(offset);
        using var ns = NetworkNamespace.OpenFile(netnsPath);
        using var pod = RouteNetlink.OpenIn(netnsPath);
        if (pod.FindLink(PodLinks.PodSide) is null)
        {
            Connect(configuration, _links.NodeSide(offset), address, (int)ns.DangerousGetHandle());
        }

        ConfigurePodSide(pod, configuration, address);
        return address;
    }

    private void Connect(Configuration configuration, string nodeSide, IPAddress address, int ns)
    {
        var veth = new VethSpec(
            nodeSide,
            PodLinks.PodSide,
            PodLinks.HardwareAddress(address),
            configuration.BridgeIndex,
            configuration.Mtu);
        if (!_node.Value.AddVeth(veth, ns))
        {
            // Left over from a namespace of this sandbox that died, or is about to.
            _node.Value.DeleteLink(nodeSide);
            _node.Value.AddVeth(veth, ns);
        }

        _node.Value.SetUpPort(nodeSide);
    }

    private static void ConfigurePodSide(RouteNetlink pod, Configuration configuration, IPAddress address)
    {
        pod.SetUp("lo");
        pod.SetUp(PodLinks.PodSide);
        var eth0 = pod.FindLink(PodLinks.PodSide)
            ?? throw new InvalidOperationException($"the pod's {PodLinks.PodSide} vanished while it was being set up");
        pod.AddAddress(new LinkAddress(eth0.Index, address, configuration.PodCidr.PrefixLength));
        pod.AddRoute(RouteSpec.Default(configuration.Pool.Gateway, eth0.Index));
    }

    private void Detach(string sandboxId)
    {
        if (Volatile.Read(ref _configuration) is not { } configuration
            || OffsetOf(configuration, sandboxId) is not { } offset)
        {
            return;
        }

        _node.Value.DeleteLink(_links.NodeSide(offset));
        Change(configuration, pool => pool.Release(sandboxId));
    }

    private int? OffsetOf(Configuration configuration, string sandboxId)
    {
        lock (_gate)
        {
            return configuration.Pool.Find(sandboxId);
        }
    }

    /// <summary>Changes the leases and keeps them before anybody uses the result.</summary>
    private T Change<T>(Configuration configuration, Func<AddressPool, T> change)
    {
        lock (_gate)
        {
            var result = change(configuration.Pool);
            configuration.Pool.Leases.Save(_options.StateDirectory);
            return result;
        }
    }

    private AddressLeases LoadLeases(IPNetwork podCidr)
    {
        var leases = AddressLeases.Load(_options.StateDirectory) ?? AddressLeases.None(podCidr.ToString());
        if (leases.PodCidr == podCidr.ToString())
        {
            return leases;
        }

        return leases.Sandboxes.Count == 0
            ? AddressLeases.None(podCidr.ToString())
            : throw new InvalidOperationException(
                $"{leases.Sandboxes.Count} pods have addresses of {leases.PodCidr} and the pod CIDR is now {podCidr}; "
                + "run `minikube stop` first");
    }

    private Link MakeBridge(IPNetwork podCidr, IPAddress gateway, int mtu)
    {
        _node.Value.AddBridge(new BridgeSpec(_links.Bridge, _links.BridgeHardwareAddress(), mtu));
        _node.Value.SetUpIPv4Only(_links.Bridge);
        var bridge = _node.Value.FindLink(_links.Bridge)
            ?? throw new InvalidOperationException($"the bridge {_links.Bridge} vanished while it was being set up");
        var held = _node.Value.ListAddresses().Where(address => address.LinkIndex == bridge.Index);
        foreach (var stale in held.Where(address => !address.Address.Equals(gateway)))
        {
            _node.Value.DeleteAddress(stale);
        }

        _node.Value.AddAddress(new LinkAddress(bridge.Index, gateway, podCidr.PrefixLength));
        return bridge;
    }

    /// <summary>If the leases were lost and pods were not, their links still tell which addresses are taken.</summary>
    private void ReserveUnknown(AddressPool pool)
    {
        foreach (var offset in _node.Value.ListLinks().Select(link => _links.OffsetOf(link.Name)).OfType<int>())
        {
            pool.Reserve(offset);
        }
    }

    private int DefaultMtu()
    {
        const int Ethernet = 1_500;
        var way = _node.Value.ListRoutes()
            .Find(route => route.Destination.PrefixLength == 0 && route.Gateway is not null);
        return _node.Value.ListLinks().Find(link => link.Index == way?.LinkIndex)?.Mtu ?? Ethernet;
    }

    /// <summary>Returns whether another instance has a bridge on this machine.</summary>
    private bool RemoveLinks()
    {
        var links = _node.Value.ListLinks();
        foreach (var link in links.Where(link => _links.OffsetOf(link.Name) is not null || link.Name == _links.Bridge))
        {
            _node.Value.DeleteLink(link.Name);
        }

        return links.Any(link => link.Kind == "bridge" && link.Name.StartsWith("mk-") && link.Name != _links.Bridge);
    }

    private sealed record Configuration(IPNetwork PodCidr, AddressPool Pool, int BridgeIndex, int Mtu);
}
