using System.Runtime.CompilerServices;
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
    {
        if (request.Definition.ShowsWhatIsStored)
        {
            return store.WatchAsync(request.Range, after, cancellationToken);
        }

        return PresentAsync(request.Definition, store.WatchAsync(request.Range, after, CancellationToken.None), cancellationToken);
    }

    private static async IAsyncEnumerable<WatchBatch> PresentAsync(
        ResourceDefinition definition,
        IAsyncEnumerable<WatchBatch> batches,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, definition.Retired);
        await using var following = batches.GetAsyncEnumerator(end.Token);
        while (await MoveNextAsync(following, definition, cancellationToken))
        {
            var batch = following.Current;
            var shown = new StoreEvent[batch.Events.Length];
            for (var index = 0; index < shown.Length; index++)
            {
                var change = batch.Events.Span[index];
                var previous = change.Previous is null ? null : await definition.PresentAsync(change.Previous, cancellationToken);
                shown[index] = new StoreEvent(change.Type, await definition.PresentAsync(change.Object, cancellationToken), previous);
            }

            yield return new WatchBatch(batch.UpTo, shown);
        }
    }

    // A watch ends normally when the kind is not served as this any more: the client watches again, and meets the next one or none.
    private static async ValueTask<bool> MoveNextAsync(
        IAsyncEnumerator<WatchBatch> following, ResourceDefinition definition, CancellationToken cancellationToken)
    {
        try
        {
            return await following.MoveNextAsync();
        }
        catch (OperationCanceledException) when (definition.Retired.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
