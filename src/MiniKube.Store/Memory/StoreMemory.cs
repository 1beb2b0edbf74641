using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// What readers see: the newest durable snapshot and the recent history. Reads take no lock and never wait for a write.
/// Thread-safe.
/// </summary>
internal sealed class StoreMemory : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, ResourceHistory> _histories = new();
    private readonly HistoryWindow _window;
    private readonly StoreOptions _options;
    private readonly ITimer _age;
    private readonly ITimer _progress;
    private volatile Snapshot _snapshot;
    private volatile bool _closed;
    private bool _ageIsSet;
    private bool _progressIsSet;
    private int _progressTold;

    public StoreMemory(Snapshot start, StoreOptions options, TimeProvider time)
    {
        _snapshot = start;
        _options = options;
        _window = new HistoryWindow(options, time);
        _age = SilentTimer(time, static memory => memory.DropTooOld());
        _progress = SilentTimer(time, static memory => memory.TellProgress());
    }

    public Snapshot Snapshot => _snapshot;

    /// <summary>How often watchers without events were to be told where the store is.</summary>
    public int ProgressTold => Volatile.Read(ref _progressTold);

    public ListResult List(in ListRequest request)
    {
        var before = _snapshot;
        if (request.At is null)
        {
            return Paging.Page(before.Current, before[request.Range.Resource], request);
        }

        // The history is read between two snapshots: all events up to the first are in it, and none after what the
        // second says is compacted has been dropped from it.
        var history = HistoryOf(request.Range.Resource).View;
        var at = request.At.Value;
        ThrowIfCompacted(at, _snapshot.Compacted);
        if (at > before.Current)
        {
            throw new ApiException(
                StatusReason.Expired, $"Too large resource version: {at}, current: {before.Current}");
        }

        var objects = history.ObjectsAt(at, before[request.Range.Resource], before.Current);
        return Paging.Page(at, objects, request);
    }

    /// <summary>See <see cref="IResourceStore.WatchAsync"/>.</summary>
    public async IAsyncEnumerable<WatchBatch> WatchAsync(
        KeyRange range, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ThrowIfCompacted(after, _snapshot.Compacted);
        var history = HistoryOf(range.Resource);
        var cursor = new WatchCursor(this, history, range, after);
        var bell = history.Bells.Add();
        try
        {
            await using var cancelled = cancellationToken.UnsafeRegister(static bell => ((Bell)bell!).Ring(), bell);
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (cursor.Next() is { } batch)
                {
                    yield return batch;
                    continue;
                }

                await bell.WaitAsync();
            }
        }
        finally
        {
            history.Bells.Remove(bell);
        }
    }

    /// <summary>Makes durable writes visible. They follow the ones published before.</summary>
    public void Publish(IReadOnlyList<Change> changes)
    {
        lock (_gate)
        {
            foreach (var change in changes)
            {
                HistoryOf(change.Resource).Add(change.Event, change.Before);
                _window.Add(change);
            }

            _snapshot = _snapshot.With(changes);
            if (_window.TakeOutlived() is { } outlived)
            {
                CompactLocked(outlived);
            }

            SetTimersLocked();
        }
    }

    /// <summary>
    /// Wakes those who wait for events of the resources. Apart from publishing, so that writers are answered first.
    /// </summary>
    public void Wake(IEnumerable<string> resources)
    {
        foreach (var resource in resources)
        {
            HistoryOf(resource).Bells.Ring();
        }
    }

    public void Compact(Revision upTo)
    {
        lock (_gate)
        {
            CompactLocked(upTo);
        }

        WakeAll();
    }

    public void ThrowIfClosed()
    {
        if (_closed)
        {
            throw ClosedStore.Error();
        }
    }

    public static void ThrowIfCompacted(Revision asked, Revision compacted)
    {
        if (asked < compacted)
        {
            throw new ApiException(StatusReason.Expired, $"too old resource version: {asked} ({compacted})");
        }
    }

    /// <summary>Ends all watches.</summary>
    public void Dispose()
    {
        _closed = true;
        lock (_gate)
        {
            _age.Dispose();
            _progress.Dispose();
        }

        WakeAll();
    }

    private ResourceHistory HistoryOf(string resource)
        => _histories.GetOrAdd(resource, static _ => new ResourceHistory());

    private ITimer SilentTimer(TimeProvider time, Action<StoreMemory> fire)
        => time.CreateTimer(_ => fire(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private void WakeAll() => Wake(_histories.Keys);

    private void CompactLocked(Revision upTo)
    {
        var current = _snapshot;
        if (upTo <= current.Compacted)
        {
            return;
        }

        // First say that it is gone, then drop it: readers check in the opposite order.
        _snapshot = current with { Compacted = upTo < current.Current ? upTo : current.Current };
        foreach (var history in _histories.Values)
        {
            history.DropUpTo(_snapshot.Compacted);
        }
    }

    private void SetTimersLocked()
    {
        if (_closed)
        {
            return;
        }

        if (!_ageIsSet && _window.OldestExpiresIn is { } age)
        {
            _ageIsSet = true;
            _age.Change(age > TimeSpan.Zero ? age : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        if (!_progressIsSet)
        {
            _progressIsSet = true;
            _progress.Change(_options.ProgressInterval, Timeout.InfiniteTimeSpan);
        }
    }

    private void DropTooOld()
    {
        lock (_gate)
        {
            _ageIsSet = false;
            if (_window.TakeOutlived() is { } outlived)
            {
                CompactLocked(outlived);
            }

            SetTimersLocked();
        }
    }

    private void TellProgress()
    {
        lock (_gate)
        {
            _progressIsSet = false;
        }

        Interlocked.Increment(ref _progressTold);
        WakeAll();
    }
}
