using System.Net;
using MiniKube.ApiServer;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Node;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>
/// What makes this machine a node: the runtime, the node agent, the ways to other nodes, the service proxy, the DNS server.
/// </summary>
internal sealed class NodeParts : IAsyncDisposable
{
    private readonly NodeSettings _settings;
    private readonly NodeConnection _connection;
    private readonly DataDirectory _data;
    private readonly NodeAgent _agent;
    private readonly ServiceProxy _proxy;
    private readonly DnsServer? _dns;
    private readonly TunnelComponent? _tunnels;
    private readonly NodeNetwork _network;

    /// <summary>Wires the parts; nothing is touched yet.</summary>
    public NodeParts(
        IContainerRuntime runtime, NodeSettings settings, NodeConnection connection, DataDirectory data, HostServices services)
    {
        Runtime = runtime;
        _settings = settings;
        _connection = connection;
        _data = data;
        _network = new NodeNetwork(
            NetworkOptions(), connection.Node, services.Time, services.NewRandom(), services.Loggers);
        _agent = new NodeAgent(
            AgentOptions(), connection.Node, runtime, connection.Nodes, services.Time, services.NewRandom(), services.Loggers);
        _tunnels = connection.Remote is { } remote
            ? new TunnelComponent(TunnelsOf(remote), services.Time, services.NewRandom(), services.Loggers)
            : null;
        _proxy = new ServiceProxy(
            ProxyOptions(), connection.PartNamed("system:kube-proxy"), services.Time, services.NewRandom(), services.Loggers);
        if (connection.Cluster.Dns is { } dns && !connection.Cluster.Disabled.Contains(OptionalPart.Dns))
        {
            _dns = new DnsServer(
                DnsOptionsAt(dns), connection.PartNamed("system:dns"), services.Time, services.NewRandom(), services.Loggers);
        }
    }

    public IContainerRuntime Runtime { get; }

    public Task StartAsync(ComponentStack components, CancellationToken cancellationToken)
    {
        // Simulated pods have no addresses that a connection could be carried to.
        ClusterComponent?[] parts = Runtime is SimulatedRuntime
            ? [_agent, _tunnels]
            : [_agent, _network, _proxy, _dns, _tunnels];
        return components.StartTogetherAsync([.. parts.OfType<ClusterComponent>()], cancellationToken);
    }

    /// <summary>
    /// Stops all and ends the pods, each within its grace period; takes everything of this instance off the machine. Works
    /// without a start, for an instance whose server is gone.
    /// </summary>
    /// <exception cref="CommandException">The runtime could not do it.</exception>
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        await _proxy.StopAsync();
        await _proxy.TearDownAsync(cancellationToken);
        await (_dns?.StopAsync() ?? Task.CompletedTask);
        try
        {
            await _agent.StopAllPodsAsync(cancellationToken);
        }
        catch (RuntimeException refused)
        {
            throw new CommandException($"cannot end the pods of {_data.Root}: {refused.Message}", cause: refused);
        }

        await _network.TearDownAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();

    private ServiceProxyOptions ProxyOptions() => new()
    {
        NodeName = _settings.NodeName,
        BridgeName = PodNetworkOptions.InstanceNameOf(_data.Root),
        ServiceCidr = _connection.Cluster.Services,
        ClusterCidr = _connection.Cluster.Pods,
        Mode = _settings.ServiceProxy,
    };

    private DnsOptions DnsOptionsAt(IPAddress address) => new()
    {
        Address = address,
        Domain = _connection.Cluster.ClusterDomain,
        Ranges = [_connection.Cluster.Services, _connection.Cluster.Pods],
        BridgeName = PodNetworkOptions.InstanceNameOf(_data.Root),
        ResolverFile = _settings.ResolvConf,
    };

    private TunnelOptions TunnelsOf(HttpApiClientOptions remote) => new()
    {
        Servers = remote.Servers,
        Identity = remote.Identity,
        Address = _connection.Address,
        KubeletPort = () => _agent.KubeletPort,
        PodAddresses = () => _agent.PodAddresses,
    };

    private NodeNetworkOptions NetworkOptions() => new()
    {
        NodeName = _settings.NodeName,
        InstanceName = PodNetworkOptions.InstanceNameOf(_data.Root),
        StateDirectory = _data.Network,
        ClusterCidr = _connection.Cluster.Pods,
        Backend = NetworkBackendNames.Find(_connection.Cluster.NetworkBackend) ?? throw new CommandException(
            $"the cluster's network backend '{_connection.Cluster.NetworkBackend}' is not known here; use the server's version"),
        VxlanId = _connection.Cluster.VxlanId,
        VxlanPort = _connection.Cluster.VxlanPort,
        Address = _connection.Address,
        FollowsMachine = _connection.IsControlPlane && _settings.NodeIp is null, // An agent asks for its way to a server.
    };

    private NodeOptions AgentOptions() => new()
    {
        NodeName = _settings.NodeName,
        Address = _connection.Address,
        PodCidrInUse = PodNetwork.CidrInUse(_data.Network),
        Labels = _settings.NodeLabels,
        Taints = [.. _settings.NodeTaints.Select(NodeTaint.Parse)],
        IsControlPlane = _connection.IsControlPlane,
        DataDirectory = _data.Node,
        MaxPods = _settings.PodsMax,
        ClusterDns = _connection.Cluster.Dns,
        ResolvConf = SystemResolver.FileBehind(_settings.ResolvConf),
        ClusterDomain = _connection.Cluster.ClusterDomain,
        KubeletPort = _settings.KubeletPort,
        IsKubeletPortChosen = _settings.IsKubeletPortChosen,
        Kubelet = _connection.Kubelet,
        NetworkSetUp = Runtime is SimulatedRuntime ? Task.CompletedTask : _network.SetUp,
        Version = ApiServerComponent.Version,
    };
}
