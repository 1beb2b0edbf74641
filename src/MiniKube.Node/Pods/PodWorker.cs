using System.Collections.Immutable;
using System.Threading.Channels;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// Owns one pod on this node, from the moment it is seen until nothing of it is left. One loop: look (API object, runtime,
/// probes, what ended), plan, start what the plan says, write the status if it differs, sleep until something changes.
/// What takes time runs beside the loop as an operation. Only <see cref="Offer"/>, <see cref="MarkGone"/>, <see cref="Wake"/>,
/// <see cref="SourcesChanged"/> and <see cref="View"/> may be used by others.
/// </summary>
internal sealed partial class PodWorker
{
    // The worker is told of every change; this only heals what a lost notice would leave.
    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    private readonly PodWorkerContext _context;
    private readonly PodSteps _steps;
    private readonly PodStatusWriter _status;
    private readonly PodMemory _memory;
    private readonly PodOperations _operations;
    private readonly PodProbes _probes;
    private readonly PodReferences _references;
    private readonly bool _showsItself;
    private readonly ILogger _logger;
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private V1Pod _pod;
    private PodView? _view;
    private bool _isGone;
    private bool _sourcesChanged;

    public PodWorker(V1Pod pod, PodWorkerContext context)
    {
        _pod = pod;
        _context = context;
        Key = pod.Key();
        Uid = pod.Metadata.Uid;
        _logger = context.Loggers.CreateLogger<PodWorker>();
        _memory = new PodMemory(pod);
        _operations = new PodOperations(Key, Wake, _logger);
        _probes = new PodProbes(context, Wake);
        _references = PodReferences.Of(pod);
        _showsItself = VolumeContent.ShowsPod(pod);
        _status = new PodStatusWriter(context.Client, _operations);
        _steps = new PodSteps(context, _memory, _operations);
        // Of a pod that was running before this process, the tokens are not known: they are made anew.
        _sourcesChanged = PodTokens.Of(pod).Any();
    }

    public ObjectKey Key { get; }

    public string Uid { get; }

    /// <summary>What the worker saw last; null before its first look.</summary>
    public PodView? View => Volatile.Read(ref _view);

    public bool RefersTo(ObjectKey configMapOrSecret)
        => _references.ConfigMaps.Contains(configMapOrSecret) || _references.Secrets.Contains(configMapOrSecret);

    /// <summary>The pod's newest state in the API.</summary>
    public void Offer(V1Pod pod)
    {
        Volatile.Write(ref _pod, pod);
        if (_showsItself)
        {
            Volatile.Write(ref _sourcesChanged, true);
        }

        Wake();
    }

    /// <summary>The pod is gone from the API: whatever is left of it here goes, too.</summary>
    public void MarkGone()
    {
        Volatile.Write(ref _isGone, true);
        Wake();
    }

    /// <summary>A ConfigMap or Secret of the pod changed.</summary>
    public void SourcesChanged()
    {
        Volatile.Write(ref _sourcesChanged, true);
        Wake();
    }

    /// <summary>Something happened; look again.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Returns when nothing of the pod is left, or on cancellation, which leaves its containers running.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        Acquire(stopping);
        try
        {
            var plan = PodPlan.Nothing;
            while (!plan.IsEnd)
            {
                plan = await LookAndActAsync(stopping);
                if (!plan.IsEnd)
                {
                    await WaitAsync(plan.WakeAt, stopping);
                }
            }
        }
        finally
        {
            await _operations.DrainAsync();
            await _probes.DisposeAsync();
            await ReleaseAsync();
        }
    }

    /// <summary>One turn of the loop. A bug that one pod's state brings out must not end the node: it is reported and retried.</summary>
    private async Task<PodPlan> LookAndActAsync(CancellationToken stopping)
    {
        try
        {
            var now = _context.Time.GetUtcNow();
            await _operations.HarvestAsync(now);
            var view = await LookAsync(now, stopping);
            Volatile.Write(ref _view, view);
            var plan = PodPlanner.Plan(view);
            _steps.Start(plan, view, stopping);
            TellStatus(plan, view, stopping);
            return plan with { WakeAt = Earliest(plan.WakeAt, _operations.NextRelease, _memory.NextShown(now), _steps.RenewAt) };
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            Log.TurnFailed(_logger, bug, Key);
            return PodPlan.Nothing with { WakeAt = _context.Time.GetUtcNow() + AfterFailure };
        }
    }

    private async Task<PodView> LookAsync(DateTimeOffset now, CancellationToken stopping)
    {
        var pod = WithOwnStatus(Volatile.Read(ref _pod));
        var state = _context.RuntimeView.Of(Uid);
        _memory.Observe(pod, state);
        if (Interlocked.Exchange(ref _sourcesChanged, false))
        {
            _memory.RetryNow(now);
            _steps.UpdateVolumes(pod, state, stopping);
        }

        _steps.RenewTokens(pod, state, now, stopping);

        await _probes.FollowAsync(pod, state, stopping);
        return new PodView
        {
            Pod = pod,
            Now = now,
            Containers = _memory.Views(pod, state, _steps.ActivityOf, _probes.VerdictOf),
            Sandboxes = state.Sandboxes,
            Leftovers = _memory.Leftovers(pod, state),
            IsGone = Volatile.Read(ref _isGone),
            IsPreparing = _operations.IsRunning(PodSteps.PrepareKey),
            Problem = _memory.Problem,
            IsCleaning = _operations.IsRunning(PodSteps.CleanKey),
            IsClean = _memory.IsClean,
            IsFinished = _memory.IsFinished,
        };
    }

    /// <summary>The last status made here, which the API's copy may lag behind, with what others have added to the API's.</summary>
    private V1Pod WithOwnStatus(V1Pod pod)
        => pod with { Status = PodStatusWriter.WithForeign(_memory.Status, pod.Status) };

    private void TellStatus(PodPlan plan, PodView view, CancellationToken stopping)
    {
        // After the end the status stands: what it tells of has been removed since.
        if (!_memory.IsFinished)
        {
            var before = _memory.Status;
            _memory.Status = PodStatusBuilder.Build(view, plan.IsOver, _context.Facts);
            BackoffEvents.Tell(_context.Events, view, before, _memory.Status);
            _memory.IsFinished = PodPhases.IsFinal(_memory.Status.Phase);
        }

        if (!view.IsGone)
        {
            _status.Offer(Volatile.Read(ref _pod), _memory.Status, stopping);
        }
    }

    private async Task WaitAsync(DateTimeOffset? wakeAt, CancellationToken stopping)
    {
        // Timers count whole milliseconds and cut the rest: one more, and it never rings too early.
        var wait = (wakeAt - _context.Time.GetUtcNow() + TimeSpan.FromMilliseconds(1)) ?? Resync;
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = new CancellationTokenSource(wait < Resync ? wait : Resync, _context.Time);
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

    private static DateTimeOffset? Earliest(params ReadOnlySpan<DateTimeOffset?> times)
    {
        DateTimeOffset? earliest = null;
        foreach (var time in times)
        {
            earliest = earliest is null || time < earliest ? time ?? earliest : earliest;
        }

        return earliest;
    }

    private void Acquire(CancellationToken stopping)
    {
        foreach (var key in _references.ConfigMaps)
        {
            _context.ConfigMaps.Acquire(key, stopping);
        }

        foreach (var key in _references.Secrets)
        {
            _context.Secrets.Acquire(key, stopping);
        }
    }

    private async Task ReleaseAsync()
    {
        foreach (var key in _references.ConfigMaps)
        {
            await _context.ConfigMaps.ReleaseAsync(key);
        }

        foreach (var key in _references.Secrets)
        {
            await _context.Secrets.ReleaseAsync(key);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Error, "Pod {Pod} cannot be looked after; trying again soon")]
        public static partial void TurnFailed(ILogger logger, Exception bug, ObjectKey pod);
    }
}
