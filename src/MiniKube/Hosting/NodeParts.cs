using System.Net;
using MiniKube.ApiServer;
using MiniKube.Networking;
using MiniKube.Node;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>What makes this machine a node: the runtime, the node agent, the service proxy.</summary>
internal sealed class NodeParts : IAsyncDisposable
{
    private readonly ServerSettings _settings;
    private readonly ClusterSettings _decided;
    private readonly DataDirectory _data;
    private readonly NodeAgent _agent;
    private readonly ServiceProxy _proxy;

    /// <summary>Wires the parts; nothing is touched yet.</summary>
    public NodeParts(
        IContainerRuntime runtime, ServerSettings settings, ClusterSettings decided, DataDirectory data,
        ControlPlane controlPlane, HostServices services)
    {
        Runtime = runtime;
        _settings = settings;
        _decided = decided;
        _data = data;
        _agent = new NodeAgent(
            AgentOptions(controlPlane.Server.AdvertisedAddress),
            controlPlane.Server.CreateClient($"system:node:{settings.NodeName}", "system:nodes"),
            runtime,
            controlPlane.Nodes,
            services.Time,
            services.NewRandom(),
            services.Loggers);
        _proxy = new ServiceProxy(
            ProxyOptions(),
            controlPlane.Server.CreateClient("system:kube-proxy"),
            services.Time,
            services.NewRandom(),
            services.Loggers);
    }

    public IContainerRuntime Runtime { get; }

    public Task StartAsync(ComponentStack components, CancellationToken cancellationToken)
        // Simulated pods have no addresses that a connection could be carried to.
        => Runtime is SimulatedRuntime
            ? components.StartAsync(_agent, cancellationToken)
            : components.StartTogetherAsync([_agent, _proxy], cancellationToken);

    /// <summary>
    /// Stops both and ends the pods, each within its grace period; takes everything of this instance off the machine. Works
    /// without a start, for an instance whose server is gone.
    /// </summary>
    /// <exception cref="CommandException">The runtime could not do it.</exception>
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        await _proxy.StopAsync();
        try
        {
            await _agent.StopAllPodsAsync(cancellationToken);
        }
        catch (RuntimeException refused)
        {
            throw new CommandException($"cannot end the pods of {_data.Root}: {refused.Message}", cause: refused);
        }
    }

    public ValueTask DisposeAsync() => Runtime.DisposeAsync();

    private ServiceProxyOptions ProxyOptions() => new()
    {
        NodeName = _settings.NodeName,
        BridgeName = PodNetworkOptions.InstanceNameOf(_data.Root),
        ServiceCidr = _decided.Services,
    };

    private NodeOptions AgentOptions(IPAddress advertised) => new()
    {
        NodeName = _settings.NodeName,
        NodeIp = _settings.NodeIp ?? advertised,
        Labels = _settings.NodeLabels,
        Taints = [.. _settings.NodeTaints.Select(NodeTaint.Parse)],
        IsControlPlane = true,
        DataDirectory = _data.Node,
        MaxPods = _settings.PodsMax,
        ClusterDns = _settings.ClusterDns,
        ClusterDomain = _decided.ClusterDomain,
        Version = ApiServerComponent.Version,
    };
}
