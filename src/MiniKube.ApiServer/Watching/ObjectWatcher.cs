using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>Starts watches: says where in history one begins, and what is told first.</summary>
internal sealed class ObjectWatcher(IResourceStore store, ObjectReader reader)
{
    /// <summary>The objects to tell as ADDED before anything else, and the revision the changes follow.</summary>
    /// <exception cref="ApiException">Timeout: the revision is still to come. Expired: it is compacted.</exception>
    public ListPage Start(ResourceRequest request, Selection selection, WatchOptions options)
    {
        if (options.After is not { } after)
        {
            return reader.List(request, selection, ListOptions.All);
        }

        if (after > store.Current)
        {
            throw RevisionQuery.TooLarge(after, store.Current);
        }

        return after < store.Compacted
            ? throw new ApiException(StatusReason.Expired, $"too old resource version: {after} ({store.Compacted})")
            : new ListPage(after, [], "", null);
    }

    /// <summary>Every change after the revision, of all objects of the range: the caller classifies.</summary>
    public IAsyncEnumerable<WatchBatch> FollowAsync(
        ResourceRequest request, Revision after, CancellationToken cancellationToken)
        => store.WatchAsync(request.Range, after, cancellationToken);
}
