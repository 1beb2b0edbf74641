using System.Net;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube;

/// <summary>Ends what an instance left running whose process is gone, crashed or stopped: a server's or a joined machine's.</summary>
internal static class NodeTeardown
{
    /// <summary>True when the directory is one of ours, so that there may be something to end.</summary>
    /// <exception cref="CommandException">What was kept there is damaged.</exception>
    public static bool IsInstance(string root) => ClusterSettings.Find(root) is not null || AgentState.Find(root) is not null;

    /// <summary>Finds the runtime by what the last start wrote down; the data directory stays.</summary>
    public static async Task RunAsync(
        DataDirectory data, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        var settings = new ServerSettings { DataDirectory = data.Root, NodeName = AgentState.Find(data.Root)?.NodeName ?? "localhost" };
        if (Find(data.Root, settings) is not var (cluster, kept) || kept.Name is null)
        {
            return;
        }

        var services = new HostServices(time, loggers);
        var runtime = new RuntimeChoice(data, cluster, services).Create(kept.Name, kept.DockerEndpoint);
        var none = new HttpApiClientOptions { Servers = new ServerAddresses(), Identity = new ClientIdentity([], certificate: null) };
        using var nobody = new HttpApiClient(none, time, services.NewRandom(), loggers);
        var connection = NodeConnection.Over(
            nobody, none, cluster, new NodeAddress(IPAddress.Loopback), new ServingIdentity(first: null));
        await using var node = new NodeParts(runtime, settings, connection, data, services);
        await node.TearDownAsync(cancellationToken);
    }

    private static (ClusterFacts Cluster, KeptRuntime Runtime)? Find(string root, ServerSettings settings)
    {
        if (ClusterSettings.Find(root) is { } server)
        {
            return (server.ToFacts(settings), new KeptRuntime(server.Runtime, server.DockerEndpoint));
        }

        return AgentState.Find(root) is { Cluster: { } joined } agent
            ? (joined, new KeptRuntime(agent.Runtime, agent.DockerEndpoint))
            : null;
    }
}
