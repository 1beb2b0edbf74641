using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// The agent's side of the tunnels: one outgoing connection per server, through which the server reaches this node and its pods even
/// when nothing can connect to this machine. Ready at once; the node does not need its servers to run its pods.
/// </summary>
public sealed class TunnelComponent(TunnelOptions options, TimeProvider time, Random random, ILoggerFactory loggers) : ClusterComponent
{
    private readonly ILogger _logger = loggers.CreateLogger<TunnelComponent>();

    /// <inheritdoc />
    public override string Name => "tunnel";

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        SignalReady();
        var running = new Dictionary<Uri, Running>();
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        Action changed = () => changes.Writer.TryWrite(true);
        options.Servers.Changed += changed;
        try
        {
            while (true)
            {
                var servers = options.Servers.Current;
                await StopAsync(running, [.. running.Keys.Except(servers)]);
                foreach (var server in servers.Where(server => !running.ContainsKey(server)))
                {
                    running.Add(server, Start(server, stopping));
                }

                // A tunnel only ends by a bug or by our wish; the first must not go unseen.
                var change = changes.Reader.ReadAsync(stopping).AsTask();
                await await Task.WhenAny([change, .. running.Values.Select(static one => one.Task)]);
            }
        }
        finally
        {
            options.Servers.Changed -= changed;
            await StopAsync(running, [.. running.Keys]);
        }
    }

    private Running Start(Uri server, CancellationToken stopping)
    {
        var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var tunnel = new ServerTunnel(options, server, time, new Random(random.Next()), _logger);
        return new Running(tunnel.RunAsync(end.Token), end);
    }

    private static async Task StopAsync(Dictionary<Uri, Running> running, IReadOnlyList<Uri> servers)
    {
        foreach (var server in servers)
        {
            running.Remove(server, out var one);
            await one!.End.CancelAsync();
            await one.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            one.End.Dispose();
        }
    }

    private sealed record Running(Task Task, CancellationTokenSource End);
}
