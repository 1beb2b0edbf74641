using System.Diagnostics;

namespace MiniKube.Client;

/// <summary>
/// Gives keys back when their time has come: one timer, set to the earliest. A key waits once; an earlier time replaces
/// a later one. Thread-safe; the callback is called without the lock.
/// </summary>
public sealed class DelayLine<TKey> : IDisposable
    where TKey : notnull
{
    private const double WaitMillisecondsMax = 86_400_000;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly Action<TKey> _due;
    private readonly ITimer _timer;
    private readonly Dictionary<TKey, DateTimeOffset> _at = [];

    // May hold outdated entries of keys that got an earlier time; _at decides.
    private readonly PriorityQueue<TKey, DateTimeOffset> _order = new();

    /// <summary>An empty line.</summary>
    public DelayLine(TimeProvider time, Action<TKey> due)
    {
        _time = time;
        _due = due;
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Gives the key back after the delay, unless it comes earlier already.</summary>
    public void Add(TKey key, TimeSpan delay)
    {
        lock (_gate)
        {
            var at = _time.GetUtcNow() + delay;
            if (_at.TryGetValue(key, out var known) && known <= at)
            {
                return;
            }

            _at[key] = at;
            _order.Enqueue(key, at);
            SetTimerLocked();
        }
    }

    /// <summary>Forgets the key, if it waits.</summary>
    public void Remove(TKey key)
    {
        lock (_gate)
        {
            _at.Remove(key);
        }
    }

    /// <summary>Stops the timer; what waits is lost.</summary>
    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        List<TKey> ripe = [];
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_order.TryPeek(out var key, out var at) && at <= now)
            {
                _order.Dequeue();
                if (_at.TryGetValue(key, out var wanted) && wanted == at)
                {
                    _at.Remove(key);
                    ripe.Add(key);
                }
            }

            SetTimerLocked();
        }

        ripe.ForEach(_due);
    }

    private void SetTimerLocked()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "only with the lock");
        if (!_order.TryPeek(out _, out var next))
        {
            return;
        }

        // Timers count whole milliseconds, rounded up here so that none wakes too early, and no more than 49 days of
        // them.
        var wait = Math.Clamp(Math.Ceiling((next - _time.GetUtcNow()).TotalMilliseconds), 0, WaitMillisecondsMax);
        _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
    }
}
