using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>Deletes objects whose time has come, by ordinary durable deletions. One timer for all of them.</summary>
internal sealed partial class Expirer : IAsyncDisposable
{
    // A whole generation of events may expire together. Deleted in portions, they do not crowd out other writers.
    private const int DeletionsAtOnce = 256;

    // Timers do not follow a clock that is set, nor a machine that sleeps: look again now and then.
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);

    // Other writers wait for the disk: expiry is in no hurry.
    private static readonly TimeSpan BusyWait = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly ExpiryQueue _queue = new();
    private readonly Bell _bell = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly StoreMemory _memory;
    private readonly Sequencer _sequencer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private Task _running = Task.CompletedTask;

    public Expirer(StoreMemory memory, Sequencer sequencer, TimeProvider time, ILogger logger)
    {
        _memory = memory;
        _sequencer = sequencer;
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(
            static bell => ((Bell)bell!).Ring(), _bell, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Takes up what the snapshot says, then follows the writes it is told of.</summary>
    public void Start()
    {
        foreach (var objects in _memory.Snapshot.Resources.Values)
        {
            var all = new StoredObject[objects.Count];
            objects.CopyTo(0, all);
            foreach (var item in all)
            {
                Note(item);
            }
        }

        _running = RunAsync();
    }

    /// <summary>Tells of durable writes.</summary>
    public void Note(IReadOnlyList<Change> changes)
    {
        foreach (var change in changes)
        {
            if (change.Event.Type != StoreEventType.Deleted)
            {
                Note(change.Event.Object);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _bell.Ring();
        await _running;
        await _timer.DisposeAsync();
        _stopping.Dispose();
    }

    private void Note(StoredObject item)
    {
        if (item.Expires is not { } expires)
        {
            return;
        }

        lock (_gate)
        {
            var next = _queue.Next;
            _queue.Add(item.Key, expires);
            if (next is null || expires < next)
            {
                SetTimerLocked();
            }
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (!_stopping.IsCancellationRequested)
            {
                if (TakeDue() is { Count: > 0 } due)
                {
                    await Task.WhenAll(due.Select(DeleteAsync));
                    continue;
                }

                await _bell.WaitAsync();
            }
        }
        catch (ApiException error)
        {
            // The store takes no more writes. The next start deletes what is due.
            Log.Stopped(_logger, error.Message);
        }
    }

    private List<StoredObject> TakeDue()
    {
        var due = new List<StoredObject>();
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            while (due.Count < DeletionsAtOnce && _queue.TryTake(now, out var key))
            {
                if (_memory.Snapshot[key.Resource].Find(key) is not { Expires: { } expires } item)
                {
                    continue; // Deleted, or kept for good by now.
                }

                if (expires <= now)
                {
                    due.Add(item);
                }
                else
                {
                    _queue.Add(key, expires); // It was given more time.
                }
            }

            SetTimerLocked();
        }

        return due;
    }

    private async Task DeleteAsync(StoredObject item)
    {
        try
        {
            // An object that was written again in between is left alone; its new time has been noted.
            await _sequencer.DeleteAsync(item.Key, item.Revision);
        }
        catch (ApiException error) when (error.Reason == StatusReason.TooManyRequests)
        {
            Postpone(item.Key);
        }
    }

    private void Postpone(in ResourceKey key)
    {
        lock (_gate)
        {
            _queue.Add(key, _time.GetUtcNow() + BusyWait);
            SetTimerLocked();
        }
    }

    private void SetTimerLocked()
    {
        if (_queue.Next is not { } next)
        {
            return;
        }

        var wait = next - _time.GetUtcNow();
        _timer.Change(TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, WaitMax.Ticks)), Timeout.InfiniteTimeSpan);
    }

    private static partial class Log
    {
        [LoggerMessage(1020, LogLevel.Warning, "Objects that expire are not deleted until the next start: {Reason}")]
        public static partial void Stopped(ILogger logger, string reason);
    }
}
