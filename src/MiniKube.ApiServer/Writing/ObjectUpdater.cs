using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Makes the new object from the present one. Called again for every attempt, so it must give a fresh object each time.
/// </summary>
internal delegate IKubernetesObject<V1ObjectMeta> ObjectChange(StoredObject current);

/// <summary>
/// Update, patch and the writes of subresources: read, change, check, write if nobody was faster, else again. A client
/// that names a resourceVersion gets a conflict instead of a second attempt.
/// </summary>
internal sealed class ObjectUpdater(WriteScope scope)
{
    // Each lost attempt means that somebody else's write succeeded. A hundred in a row is a client that writes without
    // pause.
    private const int AttemptsMax = 100;

    /// <exception cref="ApiException">NotFound, Conflict, Invalid, Forbidden or BadRequest.</exception>
    public async ValueTask<StoredObject> UpdateAsync(
        ResourceRequest request,
        ObjectChange change,
        UpdateStrategy strategy,
        IOwnership ownership,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var current = scope.Store.Find(request.Key) ?? throw request.NotFound();
            if (await TryUpdateAsync(request, current, change, strategy, ownership, options, cancellationToken) is { } updated)
            {
                return updated;
            }
        }

        throw ApiException.Conflict(request.Definition.Gvr, request.Name);
    }

    private async ValueTask<StoredObject?> TryUpdateAsync(
        ResourceRequest request,
        StoredObject current,
        ObjectChange change,
        UpdateStrategy strategy,
        IOwnership ownership,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        var definition = request.Definition;
        var shown = await definition.PresentAsync(current, cancellationToken);
        var old = definition.View(shown).Item;
        var item = change(shown);
        var owners = new OwnersOf(ownership, OwnersJson.UnlessStored(item.Metadata.ManagedFields, shown));
        RequestChecks.SetNamespace(request, item.Metadata);
        RequestChecks.CheckName(request, item.Metadata);
        CheckPreconditions(request, current, item.Metadata, old.Metadata);
        strategy.Prepare(definition, item, old);
        var asSent = definition.HasGeneration || !definition.ShowsWhatIsStored || scope.MayBeChanged(definition)
            ? definition.Encode(item)
            : null;
        CountGeneration(definition, item, asSent, shown, old.Metadata);
        using var asked = scope.Ask(
            request, Verb.Update, item, old, options.DryRun, () => WriteOptionsJson.Of("UpdateOptions", options));
        await scope.AdmitAsync(asked, cancellationToken);
        if (asked is { IsMutated: true, Object: { } changed })
        {
            item = changed;
            RequestChecks.SetNamespace(request, item.Metadata);
            RequestChecks.CheckName(request, item.Metadata);
            strategy.Prepare(definition, item, old);
            CountGeneration(definition, item, definition.Encode(item), shown, old.Metadata);
        }

        strategy.Validate(definition, item, old);
        await scope.ValidateAsync(asked, cancellationToken);
        return await WriteAsync(request, current, shown, item, asSent, owners, options, cancellationToken) is { } written
            ? await definition.PresentAsync(written, cancellationToken)
            : null;
    }

    private async ValueTask<StoredObject?> WriteAsync(
        ResourceRequest request,
        StoredObject current,
        StoredObject shown,
        IKubernetesObject<V1ObjectMeta> item,
        byte[]? asSent,
        OwnersOf owners,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        if (options.DryRun)
        {
            return WriteScope.Unwritten(request, item, current, owners.After(shown, asSent ?? request.Definition.Encode(item)));
        }

        // The last finalizer of an object to be deleted was taken away: this write is the deletion.
        if (item.Metadata.DeletionTimestamp is not null && !DeletionPlanner.Stays(request.Definition, item))
        {
            return await scope.Store.DeleteAsync(request.Key, current.Revision, cancellationToken);
        }

        var draft = await request.Definition.DraftAsync(item, cancellationToken);
        var isSame = StoredOwners.IsSameBut(draft, current);
        if (isSame && owners.FollowObject)
        {
            return current;
        }

        var after = owners.After(shown, asSent ?? draft.Json);
        return isSame && after.Span.SequenceEqual(StoredOwners.Of(current).Span)
            ? current
            : await scope.Store.UpdateAsync(request.Key, current.Revision, draft.WithOwners(after), cancellationToken);
    }

    private static void CheckPreconditions(
        ResourceRequest request, StoredObject current, V1ObjectMeta meta, V1ObjectMeta old)
    {
        if (!string.IsNullOrEmpty(meta.Uid) && meta.Uid != old.Uid)
        {
            throw ApiException.Conflict(request.Definition.Gvr, request.Name,
                $"Precondition failed: UID in precondition: {meta.Uid}, UID in object meta: {old.Uid}");
        }

        if (!string.IsNullOrEmpty(meta.ResourceVersion) && RevisionQuery.Parse(meta.ResourceVersion) != current.Revision)
        {
            throw ApiException.Conflict(request.Definition.Gvr, request.Name);
        }
    }

    private static void CountGeneration(
        ResourceDefinition definition,
        IKubernetesObject<V1ObjectMeta> item,
        byte[]? json,
        StoredObject current,
        V1ObjectMeta old)
    {
        item.Metadata.Generation = old.Generation;
        if (definition.HasGeneration
            && !CanonicalJson.HasSameSpecification(json, current.Json.Span, countsStatus: !definition.HasStatus))
        {
            item.Metadata.Generation = (old.Generation ?? 0) + 1;
        }
    }
}
