using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>
/// A joined machine in this process: data directory, membership, node, service proxy. The first start joins; later ones need
/// neither token nor a server that answers. Disposing stops it and leaves the pods running.
/// </summary>
internal sealed partial class AgentHost : IAsyncDisposable
{
    private readonly AgentSettings _settings;
    private readonly HostServices _services;
    private readonly DataDirectory _data;
    private readonly ComponentStack _components = new();
    private readonly ILogger<AgentHost> _logger;
    private Membership? _membership;
    private HttpApiClient? _client;
    private AgentCertificates? _certificates;
    private NodeParts? _node;
    private ControlSocket? _control;

    private AgentHost(AgentSettings settings, DataDirectory data, HostServices services)
    {
        _settings = settings;
        _services = services;
        _data = data;
        _logger = services.Loggers.CreateLogger<AgentHost>();
    }

    /// <summary>
    /// Joins if need be, and returns when commands on this machine can ask the agent. The node starts with <see cref="RunAsync"/>.
    /// </summary>
    /// <exception cref="CommandException">Something is missing, taken, damaged or refused; the message says what to do.</exception>
    public static async Task<AgentHost> StartAsync(
        AgentSettings settings, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var host = Open(settings, new HostServices(time, loggers));
        try
        {
            await host.StartPartsAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Runs the node until somebody asked the agent to stop; waits while no server answers. Throws when a component ended by
    /// itself.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunNodeAsync(ending.Token);
        var first = await Task.WhenAny(running, _control!.StopAsked);
        await ending.CancelAsync();
        if (first == running)
        {
            await running;
        }

        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends the pods, removes what the node put on the machine, and stops.</summary>
    public async Task TearDownAsync(CancellationToken cancellationToken)
    {
        await _node!.TearDownAsync(cancellationToken);
        await _components.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _components.DisposeAsync();
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        _client?.Dispose();
        _data.Dispose();
    }

    private static AgentHost Open(AgentSettings settings, HostServices services)
    {
        var data = DataDirectory.Open(settings.DataDirectory);
        try
        {
            data.RefuseIfServer();
            return new AgentHost(settings, data, services);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private async Task StartPartsAsync(CancellationToken cancellationToken)
    {
        _membership = await Membership.EstablishAsync(_settings, _data, _services, cancellationToken);
        var kept = new KeptRuntime(_membership.State.Runtime, _membership.State.DockerEndpoint);
        var runtime = await new RuntimeChoice(_data, _membership.Cluster, _services).ChooseAsync(_settings, kept, cancellationToken)
            ?? throw new CommandException("this machine can run no pods; see 'minikube check', or choose with --runtime");
        _membership.TakeRuntime(runtime.Name, _settings.DockerEndpoint ?? kept.DockerEndpoint);
        var remote = new HttpApiClientOptions
        {
            Servers = _membership.Servers,
            Identity = _membership.Identity,
            UserAgent = $"kubelet/{VersionCommand.Current} (minikube)",
        };
        _client = new HttpApiClient(remote, _services.Time, _services.NewRandom(), _services.Loggers);
        _node = new NodeParts(
            runtime,
            _settings,
            NodeConnection.Over(_client, remote, _membership.Cluster, _membership.Address, _membership.Serving),
            _data,
            _services);
        _control = new ControlSocket(_data.Root, runtime, _services.Loggers);
        _certificates = new AgentCertificates(_membership, _client, _services);
        _control.Add(CertificateCommand.RotateRequest, async (_, asking) =>
        {
            await _certificates.RotateAsync(asking);
            return [];
        });
        _control.Add("status", Status(_membership.State, _client, runtime).AnswerAsync);
        await _components.StartAsync(_control, cancellationToken);
    }

    private AgentStatus Status(AgentState state, HttpApiClient client, IContainerRuntime runtime) => new(_data.Root, _services.Time)
    {
        State = state,
        Client = client,
        Runtime = runtime,
        Components = () => _components.Components,
    };

    private async Task RunNodeAsync(CancellationToken cancellationToken)
    {
        await _components.StartAsync(_certificates!, cancellationToken);
        await _components.StartAsync(new ServerDirectory(_membership!, _settings.Servers, _client!, _services), cancellationToken);
        if (_settings.NodeIp is null && OperatingSystem.IsLinux())
        {
            var instance = PodNetworkOptions.InstanceNameOf(_data.Root);
            await _components.StartAsync(
                new AddressFollower(instance, _membership!.FindAddressAsync, Readdress), cancellationToken);
        }

        await _node!.StartAsync(_components, cancellationToken);
        Log.Started(_logger, _data.Root, _node.Runtime.Name);
        await _components.WaitForFailureAsync(cancellationToken);
    }

    private void Readdress(IPAddress address)
    {
        if (_membership!.TakeAddress(address))
        {
            Log.AddressChanged(_logger, address);
            _client!.Reconnect(); // What was open from the old address leads nowhere, and would be noticed late.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6113, LogLevel.Information, "This machine's address is {Address} now")]
        public static partial void AddressChanged(ILogger logger, IPAddress address);

        [LoggerMessage(6111, LogLevel.Information, "The agent is ready in {Directory}, runtime {Runtime}")]
        public static partial void Started(ILogger logger, string directory, string runtime);
    }
}
