using System.Net;
using System.Threading.Channels;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// Keeps the node's status true: at the start, now and then for what is new on the machine, and at once when somebody has marked
/// the node as not ready while it is (as the node controller does after a silence). A node that somebody has deleted is registered
/// again: who wants it gone ends its agent first.
/// </summary>
internal sealed partial class NodeStatusReporter(
    NodeRegistrar registrar, IApiClient client, Informer<V1Node> nodes, V1Node node, IPNetwork podCidr, Task networkSetUp,
    TimeProvider time, ILogger<NodeStatusReporter> logger)
{
    // As often as the kubelet reports a status that did not change; here nothing is written then.
    private static readonly TimeSpan Beat = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterLoss = TimeSpan.FromMilliseconds(100);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public async Task RunAsync(CancellationToken stopping)
    {
        // A pod's first packet to another node must find its way.
        await networkSetUp.WaitAsync(stopping);
        nodes.Subscribe((_, _, current) => WakeIfUntrue(current));
        while (true)
        {
            var wait = Beat;
            try
            {
                var present = nodes.Find(node.Key()) ?? await registrar.RegisterAgainAsync(podCidr, stopping);
                await registrar.ReportAsync(present, isReady: true, problem: "", stopping);
            }
            catch (ServerUnreachableException)
            {
                await client.WhenReachableAsync(stopping); // Told by the transport.
                wait = AfterLoss;
            }
            catch (Exception failure) when (failure is ApiException or Runtimes.RuntimeException)
            {
                Log.NotReported(logger, node.Metadata.Name, failure.Message);
                wait = AfterFailure;
            }

            await WaitAsync(wait, stopping);
        }
    }

    /// <summary>Something of the node changed, such as its address: report at once.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    private void WakeIfUntrue(V1Node? current)
    {
        var ready = current?.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
        if (current is null || ready?.Status is not (null or "True"))
        {
            _wake.Writer.TryWrite(true);
        }
    }

    private async Task WaitAsync(TimeSpan longest, CancellationToken stopping)
    {
        using var timer = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timer.Token);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            // The time has come.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4023, LogLevel.Warning, "Status of node {Node} not reported: {Problem}")]
        public static partial void NotReported(ILogger logger, string node, string problem);
    }
}
