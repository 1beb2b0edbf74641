using System.Diagnostics;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>
/// The pods that want a node. Ready ones are given out by priority, then in the order they came. A pod that fits
/// nowhere waits until a change that may help it, at least its backoff (1 s, doubling up to 10 s) and at most five
/// minutes. Thread-safe; one taker.
/// </summary>
internal sealed class SchedulingQueue : IDisposable
{
    // kube-scheduler's defaults.
    private static readonly TimeSpan BackoffFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BackoffLongest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WaitLongest = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly Dictionary<string, WaitingPod> _pods = [];
    private readonly HashSet<WaitingPod> _parked = [];
    private readonly PriorityQueue<WaitingPod, (int NegatedPriority, long Order)> _ready = new();
    private readonly DelayLine<string> _delayed;
    private readonly SemaphoreSlim _available = new(0);
    private long _order;
    private ClusterChanges _changesWhileTaken;

    public SchedulingQueue(TimeProvider time, Random random)
    {
        _time = time;
        _backoff = new Backoff(BackoffFirst, BackoffLongest, random);
        _delayed = new DelayLine<string>(time, MakeReady);
    }

    /// <summary>A pod without a node came or changed. A change of the pod itself is a reason to try it again.</summary>
    public void Set(PodView pod)
    {
        lock (_gate)
        {
            if (!_pods.TryGetValue(pod.Uid, out var waiting))
            {
                waiting = new WaitingPod(pod);
                _pods.Add(pod.Uid, waiting);
                MakeReadyLocked(waiting);
                return;
            }

            var isNews = !SpecIsSame(waiting.Pod, pod);
            waiting.Pod = pod;
            if (isNews && waiting.State == WaitState.Unschedulable)
            {
                BackOffLocked(waiting);
            }
        }
    }

    /// <summary>The pod has a node, or is gone.</summary>
    public void Remove(string uid)
    {
        lock (_gate)
        {
            if (_pods.Remove(uid, out var waiting))
            {
                SetStateLocked(waiting, WaitState.Gone);
                _delayed.Remove(uid);
            }
        }
    }

    /// <summary>
    /// Waits for the next pod. It stays the taker's until one of the methods below, or <see cref="Remove"/>, is called
    /// for it.
    /// </summary>
    public async Task<PodView> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _available.WaitAsync(cancellationToken);
            lock (_gate)
            {
                if (_ready.TryDequeue(out var waiting, out _) && waiting.State == WaitState.Ready)
                {
                    SetStateLocked(waiting, WaitState.Taken);
                    waiting.Attempts++;
                    _changesWhileTaken = ClusterChanges.None;
                    return waiting.Pod;
                }
            }
        }
    }

    /// <summary>The taken pod fits nowhere: it waits for one of these changes.</summary>
    public void Park(string uid, ClusterChanges wokenBy)
    {
        lock (_gate)
        {
            if (!_pods.TryGetValue(uid, out var waiting))
            {
                return;
            }

            waiting.WokenBy = wokenBy;
            waiting.RetryAt = _time.GetUtcNow() + _backoff.DelayAfter(waiting.Attempts);
            if ((_changesWhileTaken & wokenBy) != 0)
            {
                BackOffLocked(waiting); // What it waits for happened while it was looked at.
                return;
            }

            SetStateLocked(waiting, WaitState.Unschedulable);
            _delayed.Add(uid, WaitLongest);
        }
    }

    /// <summary>The taken pod met an error: it is tried again after its backoff.</summary>
    public void Retry(string uid)
    {
        lock (_gate)
        {
            if (_pods.TryGetValue(uid, out var waiting))
            {
                waiting.RetryAt = _time.GetUtcNow() + _backoff.DelayAfter(waiting.Attempts);
                BackOffLocked(waiting);
            }
        }
    }

    /// <summary>Something changed in the cluster that may help some of the pods that wait.</summary>
    public void Wake(ClusterChanges change)
    {
        lock (_gate)
        {
            _changesWhileTaken |= change;
            foreach (var waiting in _parked.Where(waiting => (waiting.WokenBy & change) != 0).ToList())
            {
                BackOffLocked(waiting);
            }
        }
    }

    public void Dispose()
    {
        _delayed.Dispose();
        _available.Dispose();
    }

    private void MakeReady(string uid)
    {
        lock (_gate)
        {
            if (_pods.TryGetValue(uid, out var waiting) && waiting.State is WaitState.BackingOff or WaitState.Unschedulable)
            {
                MakeReadyLocked(waiting);
            }
        }
    }

    private void BackOffLocked(WaitingPod waiting)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only with the lock");
        var left = waiting.RetryAt - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            MakeReadyLocked(waiting);
            return;
        }

        SetStateLocked(waiting, WaitState.BackingOff);
        _delayed.Add(waiting.Pod.Uid, left);
    }

    private void MakeReadyLocked(WaitingPod waiting)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only with the lock");
        _delayed.Remove(waiting.Pod.Uid);
        SetStateLocked(waiting, WaitState.Ready);
        _ready.Enqueue(waiting, (-waiting.Pod.Priority, _order++));
        _available.Release();
    }

    private void SetStateLocked(WaitingPod waiting, WaitState state)
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only with the lock");
        waiting.State = state;
        if (state == WaitState.Unschedulable)
        {
            _parked.Add(waiting);
        }
        else
        {
            _parked.Remove(waiting);
        }
    }

    private static bool SpecIsSame(PodView left, PodView right)
        => left.Pod.Metadata.Generation == right.Pod.Metadata.Generation
            && left.Labels.Count == right.Labels.Count
            && left.Labels.All(label => right.Labels.TryGetValue(label.Key, out var value) && value == label.Value)
            && (left.Pod.Spec.SchedulingGates?.Count ?? 0) == (right.Pod.Spec.SchedulingGates?.Count ?? 0)
            && (left.Pod.Spec.Tolerations?.Count ?? 0) == (right.Pod.Spec.Tolerations?.Count ?? 0);

    private enum WaitState
    {
        Ready,
        Taken,
        BackingOff,
        Unschedulable,
        Gone,
    }

    private sealed class WaitingPod(PodView pod)
    {
        public PodView Pod { get; set; } = pod;

        public WaitState State { get; set; }

        public int Attempts { get; set; }

        public ClusterChanges WokenBy { get; set; }

        public DateTimeOffset RetryAt { get; set; }
    }
}
