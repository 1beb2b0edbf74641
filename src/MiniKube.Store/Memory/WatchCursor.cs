using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>Where one watcher is in the history. All a watcher costs while nothing happens. Not thread-safe.</summary>
internal sealed class WatchCursor(StoreMemory memory, ResourceHistory history, KeyRange range, Revision after)
{
    private Revision _seen = after;
    private Revision _told = after;
    private int _progressSeen = memory.ProgressTold;

    /// <summary>The next batch, or null when there is nothing to tell now.</summary>
    /// <exception cref="ApiException">What comes next is compacted, or the store is closing.</exception>
    public WatchBatch? Next()
    {
        memory.ThrowIfClosed();

        // In this order: events up to the snapshot are in the view; what was dropped from the view is admitted
        // afterwards.
        var upTo = memory.Snapshot.Current;
        var run = history.View.NextRun(range, _seen, upTo);
        StoreMemory.ThrowIfCompacted(_seen, history.DroppedUpTo);
        if (!run.IsEmpty)
        {
            _seen = _told = run.Span[^1].Object.Revision;
            return new WatchBatch(_told, run);
        }

        _seen = upTo > _seen ? upTo : _seen;
        return IsProgressDue() ? new WatchBatch(_told = _seen, default) : null;
    }

    private bool IsProgressDue()
    {
        if (_progressSeen == memory.ProgressTold)
        {
            return false;
        }

        _progressSeen = memory.ProgressTold;
        return _seen > _told;
    }
}
