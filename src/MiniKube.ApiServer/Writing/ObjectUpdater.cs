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
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var current = scope.Store.Find(request.Key) ?? throw request.NotFound();
            if (await TryUpdateAsync(request, current, change, strategy, options, cancellationToken) is { } updated)
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
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        var definition = request.Definition;
        var old = definition.View(current).Item;
        var item = change(current);
        RequestChecks.SetNamespace(request, item.Metadata);
        RequestChecks.CheckName(request, item.Metadata);
        CheckPreconditions(request, current, item.Metadata, old.Metadata);
        strategy.Prepare(definition, item, old);
        CountGeneration(definition, item, current, old.Metadata);
        await scope.AdmitAsync(request, Verb.Update, item, old, options.DryRun, cancellationToken);
        strategy.Validate(definition, item, old);
        return await WriteAsync(request, current, item, options, cancellationToken);
    }

    private async ValueTask<StoredObject?> WriteAsync(
        ResourceRequest request,
        StoredObject current,
        IKubernetesObject<V1ObjectMeta> item,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        if (options.DryRun)
        {
            return WriteScope.Unwritten(request, item, current);
        }

        // The last finalizer of an object to be deleted was taken away: this write is the deletion.
        if (item.Metadata.DeletionTimestamp is not null && !DeletionPlanner.Stays(request.Definition, item))
        {
            return await scope.Store.DeleteAsync(request.Key, current.Revision, cancellationToken);
        }

        var draft = CanonicalJson.Draft(request.Definition, item);
        return CanonicalJson.IsSame(draft, current)
            ? current
            : await scope.Store.UpdateAsync(request.Key, current.Revision, draft, cancellationToken);
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
        ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item, StoredObject current, V1ObjectMeta old)
    {
        item.Metadata.Generation = old.Generation;
        if (definition.HasGeneration
            && !CanonicalJson.HasSameSpecification(definition.Encode(item), current.Json.Span))
        {
            item.Metadata.Generation = (old.Generation ?? 0) + 1;
        }
    }
}
