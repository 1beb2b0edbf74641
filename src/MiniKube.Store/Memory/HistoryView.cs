using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>The history of one resource as it was at one moment.</summary>
internal readonly struct HistoryView(HistoryChunk[] chunks)
{
    /// <summary>
    /// The longest run of successive events of the range with revisions above <paramref name="after"/>, up to and
    /// including <paramref name="upTo"/>; empty when there is none. Never copies.
    /// </summary>
    public ReadOnlyMemory<StoreEvent> NextRun(KeyRange range, Revision after, Revision upTo)
    {
        for (var at = IndexOfChunkAfter(after); at < chunks.Length; at++)
        {
            var chunk = chunks[at];
            var end = chunk.IndexAfter(upTo);
            var start = chunk.IndexAfter(after);
            while (start < end && !range.Contains(chunk[start].Object.Key))
            {
                start++;
            }

            if (start < end)
            {
                return chunk.Slice(start, RunLength(chunk, range, start, end));
            }
        }

        return default;
    }

    /// <summary>The objects as of a revision at which history was known, given the objects as of a later one.</summary>
    public ObjectTree ObjectsAt(Revision revision, ObjectTree later, Revision laterRevision)
    {
        var at = IndexOfChunkAfter(revision);
        if (at == chunks.Length || chunks[at][chunks[at].IndexAfter(revision)].Object.Revision > laterRevision)
        {
            return later;
        }

        var chunk = chunks[at];
        var objects = chunk.Before;
        for (var index = 0; index < chunk.IndexAfter(revision); index++)
        {
            var (type, item, _) = chunk[index];
            objects = type == StoreEventType.Deleted ? objects.Without(item.Key) : objects.With(item);
        }

        return objects;
    }

    private static int RunLength(HistoryChunk chunk, KeyRange range, int start, int end)
    {
        var next = start + 1;
        while (next < end && range.Contains(chunk[next].Object.Key))
        {
            next++;
        }

        return next - start;
    }

    /// <summary>The first chunk with an event after the revision.</summary>
    private int IndexOfChunkAfter(Revision revision)
    {
        var low = 0;
        var high = chunks.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = chunks[middle].Last <= revision ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
