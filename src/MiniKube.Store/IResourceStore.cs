using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The revisioned object log. Referenced by MiniKube.ApiServer and by nobody else. Every successful write has one
/// revision; revisions are global, gap-free and strictly increasing. A write's task ends only when the write is
/// durable; reads and watches show durable writes only, in revision order. All members are thread-safe.
/// </summary>
public interface IResourceStore : IAsyncDisposable
{
    /// <summary>The newest durable revision.</summary>
    Revision Current { get; }

    /// <summary>
    /// The newest revision history was dropped up to; watches and lists may start after or at it, not before.
    /// </summary>
    Revision Compacted { get; }

    /// <summary>The object now, or null. Never waits.</summary>
    StoredObject? Find(ResourceKey key);

    /// <summary>
    /// Objects of the range in key order, all as of one revision. Never copies their bytes.
    /// <see cref="ListRequest.At"/> asks for a past revision, <see cref="ListRequest.After"/> and
    /// <see cref="ListRequest.Limit"/> for a page.
    /// </summary>
    /// <exception cref="ApiException">
    /// <see cref="StatusReason.Expired"/>: the revision is compacted or still to come.
    /// </exception>
    ListResult List(ListRequest request);

    /// <summary>Adds an object.</summary>
    /// <returns>The object as stored, or null when the key is taken.</returns>
    ValueTask<StoredObject?> CreateAsync(ResourceKey key, ObjectDraft draft, CancellationToken cancellationToken);

    /// <summary>Replaces an object that is still at the expected revision.</summary>
    /// <returns>The object as stored, or null when it is gone or at another revision.</returns>
    ValueTask<StoredObject?> UpdateAsync(
        ResourceKey key, Revision expected, ObjectDraft draft, CancellationToken cancellationToken);

    /// <summary>Deletes an object that is still at the expected revision.</summary>
    /// <returns>
    /// Its last state carrying the revision of the deletion, or null when it is gone or at another revision.
    /// </returns>
    ValueTask<StoredObject?> DeleteAsync(ResourceKey key, Revision expected, CancellationToken cancellationToken);

    /// <summary>
    /// Every event of the range after a revision, in order, without gaps, for ever, as many at a time as are ready; now
    /// and then a batch without events that only tells progress. A watcher costs a cursor, not a queue: one that is
    /// slower than compaction ends with Expired.
    /// </summary>
    /// <param name="range">What to watch.</param>
    /// <param name="after">The last revision the caller has seen; at least <see cref="Compacted"/>.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="ApiException">
    /// <see cref="StatusReason.Expired"/>: history after the revision is gone (410).
    /// </exception>
    IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, Revision after, CancellationToken cancellationToken);

    /// <summary>
    /// Drops history up to and including a revision. Objects stay; old lists and watches get Expired.
    /// </summary>
    ValueTask CompactAsync(Revision upTo, CancellationToken cancellationToken);
}

/// <summary>What to list.</summary>
/// <param name="Range">The resource, and the namespace if only one.</param>
/// <param name="At">A past revision; null is the newest.</param>
/// <param name="After">Start behind this key; null starts at the first.</param>
/// <param name="Limit">Most objects to return; null returns all.</param>
public readonly record struct ListRequest(
    KeyRange Range, Revision? At = null, ResourceKey? After = null, int? Limit = null);

/// <summary>A page of a list.</summary>
/// <param name="Revision">The revision the whole list is of.</param>
/// <param name="Objects">The page, in key order.</param>
/// <param name="Remaining">How many objects of the range follow the page; 0 when it is the last.</param>
public readonly record struct ListResult(Revision Revision, IReadOnlyList<StoredObject> Objects, long Remaining);

/// <summary>
/// Events that became readable together. <see cref="Events"/> may be empty: then <see cref="UpTo"/> only tells that
/// nothing in the range happened up to that revision, which is what a bookmark says.
/// </summary>
/// <param name="UpTo">All events of the range up to here have been delivered.</param>
/// <param name="Events">In revision order.</param>
public readonly record struct WatchBatch(Revision UpTo, ReadOnlyMemory<StoreEvent> Events);
