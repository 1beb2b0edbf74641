using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Some successive events of one resource and the objects as they were before the first. Filled by one writer; readers
/// look only at events up to a revision that was published after they were added.
/// </summary>
internal sealed class HistoryChunk(ObjectTree before)
{
    // A list in the past replays up to this many events, some 30 microseconds; compaction keeps up to this many too
    // much.
    public const int EventsMax = 64;

    private readonly StoreEvent[] _events = new StoreEvent[EventsMax];
    private int _count;

    /// <summary>The objects before the first event.</summary>
    public ObjectTree Before { get; } = before;

    public int Count => Volatile.Read(ref _count);

    public bool IsFull => Count == EventsMax;

    public Revision First => _events[0].Object.Revision;

    public Revision Last => _events[Count - 1].Object.Revision;

    public StoreEvent this[int index] => _events[index];

    public void Add(StoreEvent written)
    {
        _events[_count] = written;
        Volatile.Write(ref _count, _count + 1);
    }

    public ReadOnlyMemory<StoreEvent> Slice(int start, int count) => _events.AsMemory(start, count);

    /// <summary>The index of the first event after the revision; <see cref="Count"/> when there is none.</summary>
    public int IndexAfter(Revision revision)
    {
        var low = 0;
        var high = Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _events[middle].Object.Revision <= revision ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
