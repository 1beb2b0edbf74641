using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>Create: what the server decides about a new object, the rules it must meet, and the write.</summary>
internal sealed class ObjectCreator(WriteScope scope, NameGenerator names)
{
    // As in Kubernetes: with five random characters a second clash in a row is already unlikely below millions of
    // objects.
    private const int GeneratedNamesMax = 8;

    /// <param name="request">The collection; the name comes from the object.</param>
    /// <param name="item">Becomes the server's: it is changed.</param>
    /// <param name="ownership">Who owns what of it.</param>
    /// <param name="options">How the write is meant.</param>
    /// <param name="cancellationToken">Ends the wait; the write may still happen.</param>
    /// <exception cref="ApiException">AlreadyExists, Invalid, Forbidden or BadRequest.</exception>
    public async ValueTask<StoredObject> CreateAsync(
        ResourceRequest request,
        IKubernetesObject<V1ObjectMeta> item,
        IOwnership ownership,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        var given = item.Metadata.ManagedFields;
        RequestChecks.SetNamespace(request, item.Metadata);
        Initialize(request.Definition, item.Metadata);
        var generates = string.IsNullOrEmpty(item.Metadata.Name) && !string.IsNullOrEmpty(item.Metadata.GenerateName);
        for (var attempt = 1; ; attempt++)
        {
            if (generates)
            {
                item.Metadata.Name = names.Generate(item.Metadata.GenerateName);
            }

            var named = request with { Name = item.Metadata.Name ?? "" };
            var owners = new OwnersOf(ownership, given);
            if (await TryCreateAsync(named, item, generates, owners, options, cancellationToken) is { } created)
            {
                return created;
            }

            if (!generates || attempt == GeneratedNamesMax)
            {
                throw ApiException.AlreadyExists(request.Definition.Gvr, named.Name);
            }
        }
    }

    private async ValueTask<StoredObject?> TryCreateAsync(
        ResourceRequest request,
        IKubernetesObject<V1ObjectMeta> item,
        bool isGenerated,
        OwnersOf owners,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        var definition = request.Definition;
        definition.ApplyDefaults(item);
        definition.PrepareForCreate(item);
        var asSent = scope.MayBeChanged(definition) || !definition.ShowsWhatIsStored ? definition.Encode(item) : null;
        using var asked = scope.Ask(
            request, Verb.Create, item, null, options.DryRun, () => WriteOptionsJson.Of("CreateOptions", options)) with
        {
            HasGeneratedName = isGenerated,
        };
        await scope.AdmitAsync(asked, cancellationToken);
        if (asked is { IsMutated: true, Object: { } changed })
        {
            RequestChecks.SetNamespace(request, changed.Metadata);
            definition.PrepareForCreate(changed);
            request = request with { Name = changed.Metadata.Name ?? "" };
            item = changed;
        }

        if (!options.SkipsValidation)
        {
            Validate(definition, item);
        }

        await scope.ValidateAsync(asked, cancellationToken);

        if (options.DryRun)
        {
            var whole = asSent ?? definition.Encode(item);
            return scope.Store.Find(request.Key) is null ? WriteScope.Unwritten(request, item, null, owners.After(null, whole)) : null;
        }

        var draft = await definition.DraftAsync(item, cancellationToken);
        var created = await scope.Store.CreateAsync(
            request.Key, draft.WithOwners(owners.After(null, asSent ?? draft.Json)), cancellationToken);
        return created is null ? null : await definition.PresentAsync(created, cancellationToken);
    }

    private void Initialize(ResourceDefinition definition, V1ObjectMeta meta)
    {
        if (!string.IsNullOrEmpty(meta.ResourceVersion))
        {
            throw new ApiException(
                StatusReason.BadRequest, "resourceVersion should not be set on objects to be created");
        }

        meta.Uid = Guid.NewGuid().ToString();
        meta.CreationTimestamp = scope.Now;
        meta.DeletionTimestamp = null;
        meta.DeletionGracePeriodSeconds = null;
        meta.Generation = definition.HasGeneration ? 1 : null;
        meta.SelfLink = null;
        meta.ManagedFields = null;
    }

    private static void Validate(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item)
    {
        var errors = new FieldErrors();
        MetadataRules.Validate(definition, item.Metadata, errors);
        definition.ValidateCreate(item, errors);
        errors.ThrowIfAny(definition.Gvk, item.Metadata.Name ?? "");
    }
}
