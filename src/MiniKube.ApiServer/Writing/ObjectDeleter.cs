using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>What became of a deletion: the object in its last or present state, and whether it is gone.</summary>
internal readonly record struct DeletionOutcome(StoredObject Object, bool IsGone);

/// <summary>
/// Delete: at once, or by marking the object for those who must finish first (finalizers, the node agent).
/// </summary>
internal sealed class ObjectDeleter(WriteScope scope)
{
    private const int AttemptsMax = 100;

    /// <exception cref="ApiException">
    /// NotFound; Conflict when a precondition fails; Forbidden; Invalid options.
    /// </exception>
    public async ValueTask<DeletionOutcome> DeleteAsync(
        ResourceRequest request, V1DeleteOptions options, CancellationToken cancellationToken)
    {
        DeleteOptionsRules.Validate(options);
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var current = scope.Store.Find(request.Key) ?? throw request.NotFound();
            CheckPreconditions(request, current, options.Preconditions);
            if (await TryDeleteAsync(request, current, options, cancellationToken) is { } outcome)
            {
                return outcome;
            }
        }

        throw ApiException.Conflict(request.Definition.Gvr, request.Name);
    }

    private async ValueTask<DeletionOutcome?> TryDeleteAsync(
        ResourceRequest request, StoredObject current, V1DeleteOptions options, CancellationToken cancellationToken)
    {
        var definition = request.Definition;
        var shown = await definition.PresentAsync(current, cancellationToken);
        var old = definition.View(shown).Item;
        var dryRun = options.DryRun is { Count: > 0 };
        using var asked = scope.Ask(request, Verb.Delete, null, old, dryRun, () => WriteOptionsJson.Of(options));
        await scope.AdmitAsync(asked, cancellationToken);
        await scope.ValidateAsync(asked, cancellationToken);
        var plan = DeletionPlanner.Plan(definition, old, options, scope.Now);
        if (dryRun)
        {
            return new DeletionOutcome(shown, plan.Remove);
        }

        if (plan.Remove)
        {
            var removed = await scope.Store.DeleteAsync(request.Key, current.Revision, cancellationToken);
            return removed is null ? null : await OutcomeAsync(definition, removed, isGone: true, cancellationToken);
        }

        var draft = await definition.DraftAsync(Marked(definition, shown, plan), cancellationToken);
        var marked = StoredOwners.IsSameBut(draft, current)
            ? current
            : await scope.Store.UpdateAsync(
                request.Key, current.Revision, draft.WithOwners(StoredOwners.Of(current)), cancellationToken);
        return marked is null ? null : await OutcomeAsync(definition, marked, isGone: false, cancellationToken);
    }

    private static async ValueTask<DeletionOutcome> OutcomeAsync(
        ResourceDefinition definition, StoredObject stored, bool isGone, CancellationToken cancellationToken)
        => new(await definition.PresentAsync(stored, cancellationToken), isGone);

    private static IKubernetesObject<V1ObjectMeta> Marked(
        ResourceDefinition definition, StoredObject current, DeletionPlan plan)
    {
        var item = definition.Decode(current.Json.Span);
        var meta = item.Metadata;
        if (meta.DeletionTimestamp is null)
        {
            meta.Generation = meta.Generation is > 0 ? meta.Generation + 1 : meta.Generation;
            definition.PrepareForDeletion(item);
        }

        meta.Finalizers = [.. plan.Finalizers];
        meta.DeletionTimestamp = plan.DeletionTimestamp;
        meta.DeletionGracePeriodSeconds = plan.GraceSeconds;
        return item;
    }

    private static void CheckPreconditions(ResourceRequest request, StoredObject current, V1Preconditions? wanted)
    {
        if (wanted is null)
        {
            return;
        }

        var uid = request.Definition.View(current).Item.Metadata.Uid;
        if (!string.IsNullOrEmpty(wanted.Uid) && wanted.Uid != uid)
        {
            throw ApiException.Conflict(request.Definition.Gvr, request.Name,
                $"Precondition failed: UID in precondition: {wanted.Uid}, UID in object meta: {uid}");
        }

        if (!string.IsNullOrEmpty(wanted.ResourceVersion) && wanted.ResourceVersion != current.Revision.ToString())
        {
            throw ApiException.Conflict(request.Definition.Gvr, request.Name,
                $"Precondition failed: ResourceVersion in precondition: {wanted.ResourceVersion}, "
                + $"ResourceVersion in object meta: {current.Revision}");
        }
    }
}
