using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>
/// Which runtime runs this machine's pods. <c>auto</c> stays with the one of the last start, so that pods are found again; at
/// first it takes docker when an engine answers, else embedded on Linux as root, else none.
/// </summary>
internal sealed partial class RuntimeChoice(DataDirectory data, ClusterFacts cluster, HostServices services)
{
    private static readonly Uri DefaultEngine = new("unix:///var/run/docker.sock");

    private readonly string _instance = PodNetworkOptions.InstanceNameOf(data.Root);
    private readonly ILogger<RuntimeChoice> _logger = services.Loggers.CreateLogger<RuntimeChoice>();

    /// <summary>The runtime, or null when this machine can run no pods and nobody insisted.</summary>
    /// <exception cref="CommandException">The runtime that was asked for cannot work here.</exception>
    public async Task<IContainerRuntime?> ChooseAsync(
        NodeSettings settings, KeptRuntime kept, CancellationToken cancellationToken)
    {
        var engine = EndpointOf(settings.DockerEndpoint ?? kept.DockerEndpoint);
        var wanted = settings.Runtime == "auto" ? kept.Name : settings.Runtime;
        switch (wanted)
        {
            case "docker" when await DockerRuntime.ProbeAsync(engine, cancellationToken) is null:
                throw new CommandException(
                    $"no Docker engine answers at {engine}; start one, name it with --docker-endpoint, or use --runtime embedded");
            case "embedded" when EmbeddedRuntime.WhyUnavailable() is { } why:
                throw new CommandException(why);
            case not null:
                return Create(wanted, engine, settings.NodeIp);
        }

        if (await DockerRuntime.ProbeAsync(engine, cancellationToken) is not null)
        {
            return Create("docker", engine, settings.NodeIp);
        }

        if (EmbeddedRuntime.WhyUnavailable() is { } reason)
        {
            Log.NoRuntime(_logger, engine, reason);
            return null;
        }

        return Create("embedded", engine, settings.NodeIp);
    }

    /// <summary>A runtime by name, as it was chosen at some earlier start.</summary>
    public IContainerRuntime Create(string name, string? dockerEndpoint) 
        => Create(name, EndpointOf(dockerEndpoint), nodeIp: null);

    private IContainerRuntime Create(string name, Uri engine, IPAddress? nodeIp) => name switch
    {
        "docker" => new DockerRuntime(
            new DockerRuntimeOptions
            {
                Endpoint = engine,
                InstanceName = _instance,
                Mtu = NodeRoutes.MtuOf(nodeIp) - Overhead,
                Masquerades = !NodeNetwork.CanMasquerade,
            },
            services.Time,
            services.Loggers),
        "embedded" => new EmbeddedRuntime(
            new EmbeddedRuntimeOptions { DataDirectory = data.Root, InstanceName = _instance },
            new PodNetworkAdapter(NewNetwork(nodeIp)),
            services.Time,
            services.Loggers),
        "simulated" => new SimulatedRuntime(services.Time),
        _ => throw new CommandException($"'{name}' is no runtime; known: docker, embedded, simulated"),
    };

    private int Overhead => NetworkBackendNames.Find(cluster.NetworkBackend)?.Overhead() ?? 0;

    private PodNetwork NewNetwork(IPAddress? nodeIp) => new(
        new PodNetworkOptions
        {
            InstanceName = _instance,
            StateDirectory = data.Network,
            NodeIp = nodeIp,
            Overhead = Overhead,
            OpensFirewall = false,
        },
        services.Loggers.CreateLogger<PodNetwork>());

    private static Uri EndpointOf(string? endpoint)
    {
        if (endpoint is null)
        {
            return DefaultEngine;
        }

        return Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
            ? uri
            : throw CommandException.Usage($"--docker-endpoint: '{endpoint}' is no URL like unix:///var/run/docker.sock");
    }

    private static partial class Log
    {
        [LoggerMessage(6002, LogLevel.Warning,
            "No node on this machine: no Docker engine answers at {Engine}, and {Reason}")]
        public static partial void NoRuntime(ILogger logger, Uri engine, string reason);
    }
}
