using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The recent events of one resource: one log for all its watchers, who are woken together. One writer at a time adds
/// and drops; reading takes no lock. An event counts for readers once the snapshot that contains it is published.
/// </summary>
internal sealed class ResourceHistory
{
    private volatile HistoryChunk[] _chunks = [];
    private long _droppedUpTo;

    public BellTower Bells { get; } = new();

    /// <summary>
    /// The newest event that was forgotten. Read it after <see cref="View"/>: what the view lacks, it then admits. A
    /// resource in which nothing happens forgets nothing, so its watchers never fall behind.
    /// </summary>
    public Revision DroppedUpTo => new(Volatile.Read(ref _droppedUpTo));

    /// <summary>The log of this moment.</summary>
    public HistoryView View => new(_chunks);

    public void Add(StoreEvent written, ObjectTree before)
    {
        if (_chunks is [.., { IsFull: false } last])
        {
            last.Add(written);
            return;
        }

        var chunk = new HistoryChunk(before);
        chunk.Add(written);
        _chunks = [.. _chunks, chunk];
    }

    /// <summary>Forgets events up to the revision, as far as whole chunks can be forgotten.</summary>
    public void DropUpTo(Revision revision)
    {
        var chunks = _chunks;
        var dropped = 0;
        while (dropped < chunks.Length && chunks[dropped].Last <= revision)
        {
            dropped++;
        }

        if (dropped > 0)
        {
            Volatile.Write(ref _droppedUpTo, chunks[dropped - 1].Last.Value);
            _chunks = chunks[dropped..];
        }
    }
}
