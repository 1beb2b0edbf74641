using System.Threading.Channels;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// Writes the events of all recorders it gave out, one after another in the background, merged with their like. A
/// backlog that is full, and an API that does not answer, cost events and never the caller. What is queued at the stop
/// is given up.
/// </summary>
public sealed partial class EventBroadcaster(IApiClient client, string name, TimeProvider time, ILoggerFactory loggers)
    : ClusterComponent
{
    // Two seconds of scheduling at full speed; client-go holds 1,000.
    private const int BacklogMax = 4_096;

    private readonly ILogger _logger = loggers.CreateLogger<EventBroadcaster>();
    private readonly EventCorrelator _correlator = new(time);
    private readonly Channel<EventReport> _backlog =
        Channel.CreateBounded<EventReport>(new BoundedChannelOptions(BacklogMax) { SingleReader = true });

    private int _dropped;

    /// <inheritdoc />
    public override string Name => name;

    /// <summary>
    /// A recorder that signs as a component, such as <c>deployment-controller</c>; a node's agent names its node too.
    /// </summary>
    public EventRecorder RecorderFor(string component, string host = "") => new(this, new EventSource(component, host));

    internal void Offer(EventReport report)
    {
        if (!_backlog.Writer.TryWrite(report))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        SignalReady();
        await foreach (var report in _backlog.Reader.ReadAllAsync(stopping))
        {
            if (_correlator.Correlate(report) is { } correlated)
            {
                await WriteAsync(correlated, stopping);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
            {
                Log.Dropped(_logger, Name, dropped);
            }
        }
    }

    private async Task WriteAsync(CorrelatedEvent correlated, CancellationToken stopping)
    {
        try
        {
            // What happened while no server answered is told when one does, as far as the backlog holds it.
            await client.WhenReachableAsync(stopping);
            var written = correlated.IsNew
                ? await client.CreateAsync(correlated.Item, stopping)
                : await UpdateOrCreateAsync(correlated.Item, stopping);
            _correlator.Remember(correlated.Key, written);
        }
        catch (ApiException failure)
        {
            Log.NotWritten(_logger, correlated.Item.Reason, correlated.Item.Metadata.Name, failure.Message);
        }
    }

    private async Task<Corev1Event> UpdateOrCreateAsync(Corev1Event item, CancellationToken stopping)
    {
        try
        {
            return await client.UpdateAsync(item, subresource: null, stopping);
        }
        catch (ApiException gone) when (gone.Reason is StatusReason.NotFound or StatusReason.Conflict)
        {
            // Its time to live was over, or somebody else changed it: the story goes on in a new one.
            return await client.CreateAsync(_correlator.AsNew(item), stopping);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Warning, "{Broadcaster}: {Count} events dropped, the backlog was full")]
        public static partial void Dropped(ILogger logger, string broadcaster, int count);

        // Debug: events in a namespace that is being deleted are refused, and nobody misses them.
        [LoggerMessage(3021, LogLevel.Debug, "Event {Reason} {Name} not written: {Problem}")]
        public static partial void NotWritten(ILogger logger, string reason, string name, string problem);
    }
}
