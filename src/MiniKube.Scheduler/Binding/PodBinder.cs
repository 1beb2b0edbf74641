using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>A decision that is to be written.</summary>
internal sealed record PodBinding(PodView Pod, string Node);

/// <summary>
/// Writes decisions to the API, many at a time, while the next are being made. A binding that fails takes the pod off
/// its node again and has it tried once more.
/// </summary>
internal sealed partial class PodBinder(
    IApiClient client, ClusterState state, SchedulingQueue queue, EventRecorder events, int bindingsMax, ILogger logger)
{
    private readonly Channel<PodBinding> _decided =
        Channel.CreateBounded<PodBinding>(new BoundedChannelOptions(bindingsMax) { SingleWriter = true });

    /// <summary>Hands a decision over; waits while too many are under way.</summary>
    public ValueTask OfferAsync(PodBinding binding, CancellationToken cancellationToken)
        => _decided.Writer.WriteAsync(binding, cancellationToken);

    /// <summary>Binds until cancelled.</summary>
    public Task RunAsync(CancellationToken stopping)
        => Task.WhenAll(Enumerable.Range(0, bindingsMax).Select(_ => WorkAsync(stopping)));

    private async Task WorkAsync(CancellationToken stopping)
    {
        await foreach (var binding in _decided.Reader.ReadAllAsync(stopping))
        {
            await BindAsync(binding, stopping);
        }
    }

    private async Task BindAsync(PodBinding binding, CancellationToken stopping)
    {
        var (pod, node) = binding;
        try
        {
            await client.BindAsync(pod.Key, pod.Uid, node, stopping);
            events.Normal(pod.Pod, "Scheduled", $"Successfully assigned {pod.Key} to {node}");
        }
        catch (ApiException failure)
        {
            state.Forget(pod.Uid);
            queue.Retry(pod.Uid);
            if (failure.Reason != StatusReason.NotFound)
            {
                Log.NotBound(logger, pod.Key, node, failure.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3101, LogLevel.Warning, "{Pod} could not be bound to {Node}, trying again: {Problem}")]
        public static partial void NotBound(ILogger logger, ObjectKey pod, string node, string problem);
    }
}
