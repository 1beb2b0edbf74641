using Microsoft.Extensions.Logging;

namespace MiniKube;

/// <summary>Ends what an instance left running whose server is gone, crashed or stopped.</summary>
internal static class NodeTeardown
{
    /// <summary>Finds the runtime by what the last start wrote down; the data directory stays.</summary>
    public static async Task RunAsync(
        DataDirectory data, ClusterSettings decided, ILoggerFactory loggers, TimeProvider time, CancellationToken cancellationToken)
    {
        if (decided.Runtime is not { } name)
        {
            return;
        }

        var services = new HostServices(time, loggers);
        var settings = new ServerSettings { DataDirectory = data.Root, NodeName = "localhost" };
        await using var controlPlane = await ControlPlane.OpenAsync(settings, decided, data, services, cancellationToken);
        var runtime = new RuntimeChoice(data, services).Create(name, decided.DockerEndpoint);
        await using var node = new NodeParts(runtime, settings, decided, data, controlPlane, services);
        await node.TearDownAsync(cancellationToken);
    }
}
