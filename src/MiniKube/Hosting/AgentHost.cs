using System.Net;
using System.Security.Cryptography.X509Certificates;
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
    private readonly AgentPki _pki;
    private readonly ComponentStack _components = new();
    private readonly ILogger<AgentHost> _logger;
    private HttpApiClient? _client;
    private NodeParts? _node;
    private ControlSocket? _control;

    private AgentHost(AgentSettings settings, DataDirectory data, HostServices services)
    {
        _settings = settings;
        _services = services;
        _data = data;
        _pki = AgentPki.Open(data.Pki);
        _logger = services.Loggers.CreateLogger<AgentHost>();
    }

    /// <summary>Joins if need be, starts everything, and returns when the node is registered.</summary>
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

    /// <summary>Returns when somebody asked the agent to stop; throws when a component ended by itself.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var failure = _components.WaitForFailureAsync(cancellationToken);
        var first = await Task.WhenAny(failure, _control!.StopAsked.WaitAsync(cancellationToken));
        await first;
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
        var state = await MembershipAsync(cancellationToken);
        var runtime = await new RuntimeChoice(_data, _services).ChooseAsync(
            _settings, new KeptRuntime(state.Runtime, state.DockerEndpoint), cancellationToken)
            ?? throw new CommandException("this machine can run no pods; see 'minikube check', or choose with --runtime");
        state = state with { Runtime = runtime.Name, DockerEndpoint = _settings.DockerEndpoint ?? state.DockerEndpoint };
        state.Save(_data.Root);
        _client = new HttpApiClient(new HttpApiClientOptions
        {
            Servers = state.Servers,
            CertificateAuthorities = _pki.Authorities,
            ClientCertificate = _pki.Client,
        });
        var address = await AddressAsync(state.Servers, cancellationToken);
        _node = new NodeParts(runtime, _settings, NodeConnection.Over(_client, state.Cluster, address), _data, _services);
        _control = new ControlSocket(_data.Root, runtime, _services.Loggers);
        _control.Add("status", Status(state, _client, runtime).AnswerAsync);
        await _components.StartAsync(_control, cancellationToken);
        await _node.StartAsync(_components, cancellationToken);
        Log.Started(_logger, _data.Root, runtime.Name);
    }

    private AgentStatus Status(AgentState state, HttpApiClient client, IContainerRuntime runtime) => new(_data.Root, _services.Time)
    {
        State = state,
        Client = client,
        Runtime = runtime,
        Components = () => _components.Components,
    };

    private async Task<AgentState> MembershipAsync(CancellationToken cancellationToken)
    {
        var kept = AgentState.Find(_data.Root);
        if (kept is not null && kept.NodeName != _settings.NodeName)
        {
            throw new CommandException(
                $"{_data.Root} belongs to node {kept.NodeName}; drop --node-name, or choose another directory with --data-dir");
        }

        IReadOnlyList<Uri> servers = [.. _settings.Servers.Concat(kept?.Servers ?? []).Distinct()];
        if (kept is not null && _pki.Client is not null)
        {
            return kept with { Servers = servers };
        }

        if (servers.Count == 0)
        {
            throw CommandException.Usage("which cluster? give a server with --server https://HOST:6443, and a token with --token");
        }

        var token = _settings.Token ?? _pki.Token ?? throw CommandException.Usage(
            "joining needs a token; give it with --token or --token-file ('minikube token create' on the server makes one)");
        var address = await AddressAsync(servers, cancellationToken);
        var joiner = new Joiner(_pki, _services.Time, _services.Loggers.CreateLogger<Joiner>());
        var (server, cluster) = await joiner.JoinAsync(servers, token, _settings.NodeName, address, cancellationToken);
        Log.Joined(_logger, server, _settings.NodeName);
        var state = new AgentState
        {
            NodeName = _settings.NodeName,
            Servers = [server, .. servers.Where(other => other != server)],
            Cluster = cluster,
            Runtime = kept?.Runtime,
            DockerEndpoint = kept?.DockerEndpoint,
        };
        state.Save(_data.Root);
        return state;
    }

    private async Task<IPAddress> AddressAsync(IReadOnlyList<Uri> servers, CancellationToken cancellationToken)
    {
        foreach (var server in servers)
        {
            if ((_settings.NodeIp ?? await SourceAddress.TowardsAsync(server.IdnHost, server.Port, cancellationToken)) is { } address)
            {
                return address;
            }
        }

        return _settings.NodeIp ?? throw new CommandException(
            "this machine has no address that leads to a server; check its network, or name its address with --node-ip");
    }

    private static partial class Log
    {
        [LoggerMessage(6110, LogLevel.Information, "Joined {Server} as node {Node}")]
        public static partial void Joined(ILogger logger, Uri server, string node);

        [LoggerMessage(6111, LogLevel.Information, "The agent is ready in {Directory}, runtime {Runtime}")]
        public static partial void Started(ILogger logger, string directory, string runtime);
    }
}
