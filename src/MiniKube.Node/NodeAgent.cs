using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// Runs the pods that are bound to one node, as Kubernetes' kubelet does: registers the node, waits for its pod addresses, sets up
/// the runtime, then looks after every pod until it is gone. Ready once the node is registered; the node itself becomes Ready
/// when its pod network stands. Stopping leaves the pods running: the next agent on the same runtime adopts them.
/// </summary>
public sealed partial class NodeAgent : ClusterComponent, INodeEndpoint
{
    private readonly NodeOptions _options;
    private readonly IApiClient _client;
    private readonly IContainerRuntime _runtime;
    private readonly NodeDirectory _directory;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private NodeEndpoint? _endpoint;
    private KubeletReports? _reports;
    private int _kubeletPort;
    private volatile object? _podCidr;
    private IReadOnlyList<V1Pod> _leftPods = [];

    /// <summary>An agent that has not started; nothing is read or written before the start.</summary>
    public NodeAgent(
        NodeOptions options, IApiClient client, IContainerRuntime runtime, NodeDirectory directory, TimeProvider time,
        Random random, ILoggerFactory loggers)
    {
        _options = options;
        _client = client;
        _runtime = runtime;
        _directory = directory;
        _time = time;
        _random = random;
        _loggers = loggers;
        _logger = loggers.CreateLogger<NodeAgent>();
    }

    /// <inheritdoc />
    public override string Name => "node-agent";

    /// <summary>The port the node's HTTPS endpoint took; 0 while there is none.</summary>
    public int KubeletPort => Volatile.Read(ref _kubeletPort);

    /// <summary>The addresses of the node's pods; null until the cluster gave it some.</summary>
    public IPNetwork? PodAddresses => _podCidr as IPNetwork?;

    /// <inheritdoc />
    public Task CopyLogsAsync(
        ContainerAddress container, LogOptions options, Stream destination, CancellationToken cancellationToken)
        => Endpoint().CopyLogsAsync(container, options, destination, cancellationToken);

    /// <inheritdoc />
    public Task<IProcessSession> ExecAsync(
        ContainerAddress container, ExecOptions options, CancellationToken cancellationToken)
        => Endpoint().ExecAsync(container, options, cancellationToken);

    /// <inheritdoc />
    public Task<IProcessSession> AttachAsync(
        ContainerAddress container, AttachOptions options, CancellationToken cancellationToken)
        => Endpoint().AttachAsync(container, options, cancellationToken);

    /// <inheritdoc />
    public Task<DuplexStream> ConnectAsync(ObjectKey pod, int port, CancellationToken cancellationToken)
        => Endpoint().ConnectAsync(pod, port, cancellationToken);

    /// <inheritdoc />
    public Task<string> ReadResourceMetricsAsync(CancellationToken cancellationToken)
        => Endpoint().ReadResourceMetricsAsync(cancellationToken);

    /// <summary>
    /// Ends the agent and then all pods of this instance, each within its own grace period, and takes everything of theirs off
    /// the machine. The API keeps the pods: the next start runs them again. Works on an agent that never started, too; every
    /// pod then has the default grace of 30 s.
    /// </summary>
    public async Task StopAllPodsAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await new PodShutdown(_runtime, new PodVolumes(_options.DataDirectory, _time)).RunAsync(_leftPods, cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        var machine = MachineFacts.Read("/", _options.DataDirectory);
        await using var kubelet = await StartKubeletAsync(stopping);
        var registrar = new NodeRegistrar(
            _options with { KubeletPort = kubelet?.Port ?? _options.KubeletPort },
            _client, _runtime, machine, _time, _loggers.CreateLogger<NodeRegistrar>());
        var node = await registrar.RegisterAsync(stopping);
        SignalReady();

        // Whatever ends first ends all the others: a part that fails takes the agent down instead of leaving it half alive.
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var lease = new LeaseRenewer(_options, _client, _time, _loggers.CreateLogger<LeaseRenewer>());
        var heartbeat = lease.RunAsync(all.Token);
        var pods = RunPodsAsync(node, machine, registrar, all.Token);
        await Task.WhenAny(heartbeat, pods);
        await all.CancelAsync();
        await Task.WhenAll(heartbeat, pods);
    }

    private async Task<KubeletServer?> StartKubeletAsync(CancellationToken stopping)
    {
        if (_options.Kubelet is not { } identity)
        {
            return null;
        }

        var endpoints = new KubeletEndpoints(
            this, new KubeletClients(identity.Authorities), () => _reports, _time, _loggers.CreateLogger<KubeletServer>(), stopping);
        var server = await KubeletServer.StartAsync(_options, identity, endpoints.HandleAsync, _loggers, stopping);
        Volatile.Write(ref _kubeletPort, server.Port);
        if (_options.KubeletPort != 0 && server.Port != _options.KubeletPort)
        {
            Log.PortTaken(_logger, _options.KubeletPort, server.Port);
        }

        return server;
    }

    private async Task RunPodsAsync(V1Node node, MachineFacts machine, NodeRegistrar registrar, CancellationToken stopping)
    {
        await using var nodes = new Informer<V1Node>(
            _client, new ObjectQuery(Fields: $"metadata.name={_options.NodeName}"), _time, _random, _loggers);
        await using var services = new Informer<V1Service>(_client, ObjectQuery.All, _time, _random, _loggers);
        await using var pods = new Informer<V1Pod>(
            _client, new ObjectQuery(Fields: $"spec.nodeName={_options.NodeName}"), _time, _random, _loggers);
        await using var events = new EventBroadcaster(_client, "node-events", _time, _loggers);
        using var http = new HttpProbe(_options.Version.TrimStart('v'));
        var context = MakeContext(machine, services, events, http);
        var started = Task.WhenAll(
            services.StartAsync(stopping), pods.StartAsync(stopping), events.StartAsync(stopping), nodes.StartAsync(stopping));

        var podCidr = await PodCidrAsync(nodes, stopping);
        _podCidr = podCidr;
        await _runtime.ConfigureAsync(podCidr, stopping);
        await started;
        Log.Ready(_logger, _options.NodeName, podCidr, _runtime.Name);
        var reporter = new NodeStatusReporter(
            registrar, _client, nodes, node, podCidr, _options.NetworkSetUp, _time, _loggers.CreateLogger<NodeStatusReporter>());
        await LookAfterPodsAsync(context, pods, reporter, stopping);
    }

    private PodWorkerContext MakeContext(
        MachineFacts machine, Informer<V1Service> services, EventBroadcaster events, HttpProbe http) => new()
    {
        Client = _client,
        Runtime = _runtime,
        RuntimeView = new RuntimeView(_runtime, _time, _loggers.CreateLogger<RuntimeView>()),
        Options = _options,
        Resources = machine.Resources,
        Time = _time,
        Events = new PodEvents(events.RecorderFor("kubelet", _options.NodeName)),
        Prober = _runtime is SimulatedRuntime ? new SimulatedProber(_runtime) : new NetworkProber(_runtime, http),
        Volumes = new PodVolumes(_options.DataDirectory, _time),
        ConfigMaps = new ReferencedObjects<V1ConfigMap>(_client, _time, _random, _loggers),
        Secrets = new ReferencedObjects<V1Secret>(_client, _time, _random, _loggers),
        Services = services,
        Loggers = _loggers,
    };

    private async Task LookAfterPodsAsync(
        PodWorkerContext context, Informer<V1Pod> pods, NodeStatusReporter reporter, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var workers = new PodWorkers(context, ending.Token);
        context.RuntimeView.Changed = workers.Wake;
        context.ConfigMaps.Changed = workers.SourceChanged;
        context.Secrets.Changed = workers.SourceChanged;
        // What runs already must be known before the first plan, or it would be started a second time.
        await context.RuntimeView.RefreshAsync(stopping);
        var parts = new List<Task> { context.RuntimeView.FollowAsync(ending.Token), reporter.RunAsync(ending.Token) };
        _reports = new KubeletReports(workers, context);
        _endpoint = new NodeEndpoint(workers, context, _reports);
        Action readdress = () =>
        {
            reporter.Wake();
            workers.WakeAll();
        };
        _options.Address.Changed += readdress;
        try
        {
            pods.Subscribe(workers.OnChanged);
            _directory.Connect(_options.NodeName, this);
            await new OrphanRemover(context, workers).RemoveAsync(stopping);
            await await Task.WhenAny(parts);
        }
        finally
        {
            _options.Address.Changed -= readdress;
            _directory.Disconnect(_options.NodeName, this);
            _leftPods = [.. pods.All];
            await ending.CancelAsync();
            await workers.DrainAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The addresses of the node's pods, as soon as the cluster has given it some.</summary>
    private static async Task<IPNetwork> PodCidrAsync(Informer<V1Node> nodes, CancellationToken stopping)
    {
        var given = new TaskCompletionSource<IPNetwork>(TaskCreationOptions.RunContinuationsAsynchronously);
        nodes.Subscribe((_, _, node) =>
        {
            if (IPNetwork.TryParse(node?.Spec?.PodCIDR, out var cidr))
            {
                given.TrySetResult(cidr);
            }
        });
        return await given.Task.WaitAsync(stopping);
    }

    private NodeEndpoint Endpoint() => _endpoint
        ?? throw new ApiException(StatusReason.ServiceUnavailable, $"node {_options.NodeName} is not ready yet; try again");

    private static partial class Log
    {
        [LoggerMessage(4301, LogLevel.Information, "Port {Taken} is taken; the node agent serves the API server on {Port}")]
        public static partial void PortTaken(ILogger logger, int taken, int port);

        [LoggerMessage(4000, LogLevel.Information, "Node {Node} is ready with pod addresses {PodCidr} on runtime {Runtime}")]
        public static partial void Ready(ILogger logger, string node, IPNetwork podCidr, string runtime);
    }
}
