using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Decides how much of the past is kept, by count, by bytes and by age. It notes the end of every stretch of writes
/// rather than every write, so the answer is exact to a stretch: a sixty-fourth of a limit. Not thread-safe.
/// </summary>
internal sealed class HistoryWindow(StoreOptions options, TimeProvider time)
{
    private const int Stretches = 64;

    private readonly Queue<Mark> _marks = new();
    private Revision _newest;
    private long _bytes;
    private Mark _last;

    /// <summary>When the oldest part of the window becomes too old; null when there is none.</summary>
    public TimeSpan? OldestExpiresIn
        => _marks.TryPeek(out var oldest) ? options.HistoryAgeMax - time.GetElapsedTime(oldest.At) : null;

    public void Add(Change change)
    {
        _newest = change.Event.Object.Revision;
        _bytes += change.Event.Object.Json.Length;
        if (EndsStretch())
        {
            _last = new Mark(_newest, _bytes, time.GetTimestamp());
            _marks.Enqueue(_last);
        }
    }

    /// <summary>
    /// The revision up to which history has outlived its limits since the last question; null when none has.
    /// </summary>
    public Revision? TakeOutlived()
    {
        Revision? outlived = null;
        while (_marks.TryPeek(out var oldest) && IsOutlived(oldest))
        {
            outlived = _marks.Dequeue().Revision;
        }

        return outlived;
    }

    private bool EndsStretch()
        => _newest.Value - _last.Revision.Value >= options.HistoryEventsMax / Stretches
            || _bytes - _last.Bytes >= options.HistoryBytesMax / Stretches
            || time.GetElapsedTime(_last.At) >= options.HistoryAgeMax / Stretches;

    // What a mark ends is dropped when everything newer fills the window by itself.
    private bool IsOutlived(Mark mark)
        => _newest.Value - mark.Revision.Value >= options.HistoryEventsMax
            || _bytes - mark.Bytes >= options.HistoryBytesMax
            || time.GetElapsedTime(mark.At) >= options.HistoryAgeMax;

    private readonly record struct Mark(Revision Revision, long Bytes, long At);
}
