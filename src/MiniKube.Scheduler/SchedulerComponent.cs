using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>
/// Gives pods their nodes. Waits for news, decides one pod after another on a snapshot of the cluster, and binds many
/// at once. Ready when it knows all nodes and pods. Pods of higher priority are decided first; none is evicted to make
/// room (no preemption).
/// </summary>
public sealed class SchedulerComponent : ClusterComponent
{
    private readonly InformerSet _informers;
    private readonly EventBroadcaster _broadcaster;
    private readonly SchedulingQueue _queue;
    private readonly ClusterState _state;
    private readonly PodPlacer _placer;
    private readonly PodBinder _binder;
    private readonly FailureReporter _reporter;

    /// <summary>
    /// A scheduler that has not started. <paramref name="random"/> decides between equally good nodes.
    /// </summary>
    /// <exception cref="ArgumentException">An option names a filter that does not exist.</exception>
    public SchedulerComponent(
        IApiClient client, SchedulerOptions options, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        var logger = loggers.CreateLogger<SchedulerComponent>();
        _informers = new InformerSet(client, "scheduler-informers", time, random, loggers);
        _broadcaster = new EventBroadcaster(client, "scheduler-events", time, loggers);
        var namespaces = _informers.Of<V1Namespace>();
        _state = new ClusterState(name => namespaces.Find(ObjectKey.Cluster(name))?.Metadata.Labels);
        _queue = new SchedulingQueue(time, random);
        _placer = new PodPlacer(FilterCatalog.Without(options.DisabledFilters), ScoreCatalog.All, random);
        var events = _broadcaster.RecorderFor(options.Name);
        _binder = new PodBinder(client, _state, _queue, events, options.BindingsMax, logger);
        _reporter = new FailureReporter(client, events, time, random, logger);
        new ClusterFeed(_state, _queue, options.Name).Follow(_informers.Of<V1Node>(), _informers.Of<V1Pod>());
    }

    /// <inheritdoc />
    public override string Name => "scheduler";

    /// <inheritdoc />
    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var queue = _queue;
        await using var broadcaster = _broadcaster;
        await using var informers = _informers;
        await broadcaster.StartAsync(stopping);
        await informers.StartAsync(stopping);
        SignalReady();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task[] parts =
        [
            DecideAsync(stop.Token),
            _binder.RunAsync(stop.Token),
            _reporter.RunAsync(stop.Token),
            informers.Completion.WaitAsync(stop.Token),
            broadcaster.Completion.WaitAsync(stop.Token),
        ];
        var first = await Task.WhenAny(parts);
        await stop.CancelAsync();
        await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
    }

    private async Task DecideAsync(CancellationToken stopping)
    {
        while (true)
        {
            var pod = await _queue.TakeAsync(stopping);
            switch (_placer.Place(pod, _state.Snapshot()))
            {
                case Placement.On placed:
                    _state.Assume(pod, placed.Node);
                    await _binder.OfferAsync(new PodBinding(pod, placed.Node), stopping);
                    break;
                case Placement.Nowhere failed:
                    _queue.Park(pod.Uid, failed.WokenBy);
                    _reporter.Report(pod.Pod, failed.Message);
                    break;
            }
        }
    }
}
