using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// The verbs, for both transports: authorization first, then reads from memory or the write path (defaults, admission,
/// validation, encoding once, store). Thread-safe. Failures are <see cref="ApiException"/>.
/// </summary>
internal sealed class ApiPipeline
{
    // Deletions of a collection that wait for the disk together.
    private const int DeletionsAtOnce = 64;

    private static readonly Gvk TokenRequestKind = new("authentication.k8s.io", "v1", "TokenRequest");

    private readonly WriteScope _scope;
    private readonly Authorizer _authorizer;
    private readonly ReviewContext _reviews;
    private readonly Func<TokenRequests> _tokens;
    private readonly Func<UsageMeter> _usage;
    private readonly ObjectReader _reader;
    private readonly ObjectWatcher _watcher;
    private readonly ObjectCreator _creator;
    private readonly ObjectUpdater _updater;
    private readonly ObjectDeleter _deleter;

    public ApiPipeline(
        ResourceIndex resources,
        IResourceStore store,
        Authorizer authorizer,
        AdmissionChain admission,
        Func<Authenticator> authenticator,
        Func<TokenRequests> tokens,
        Func<UsageMeter> usage,
        TimeProvider time)
    {
        _scope = new WriteScope(store, resources, admission, time);
        Resources = resources;
        Store = store;
        _authorizer = authorizer;
        _reviews = new ReviewContext(authorizer, authenticator);
        _tokens = tokens;
        _usage = usage;
        _reader = new ObjectReader(store);
        _watcher = new ObjectWatcher(store, _reader);
        _creator = new ObjectCreator(_scope, new NameGenerator(new Random()));
        _updater = new ObjectUpdater(_scope);
        _deleter = new ObjectDeleter(_scope);
    }

    public ResourceIndex Resources { get; }

    public IResourceStore Store { get; }

    /// <summary>Typed reads without authorization, for the server's own rules.</summary>
    public ObjectLookup Objects => _scope.Objects;

    /// <summary>Now, in whole seconds.</summary>
    public DateTime Now => _scope.Now;

    /// <summary>For subresources that store nothing by themselves: asks webhooks and policies about what was sent.</summary>
    /// <returns>What they made of it; null when it is as it was.</returns>
    /// <exception cref="ApiException">It is refused.</exception>
    public ValueTask<JsonObject?> AdmitBodyAsync(
        ResourceRequest request, Func<AdmissionBody> body, CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request);
        return _scope.AdmitBodyAsync(request, body, cancellationToken);
    }

    /// <summary>For subresources with ways of their own (logs, exec): only asks whether the user may.</summary>
    public void Authorize(ResourceRequest request) => _authorizer.Authorize(request);

    /// <summary>The object as it is stored: for kinds whose versions are all one.</summary>
    public StoredObject Get(ResourceRequest request)
    {
        _authorizer.Authorize(request);
        return _reader.Get(request);
    }

    public async ValueTask<StoredObject> GetAsync(ResourceRequest request, CancellationToken cancellationToken)
    {
        if (request.Definition is not IMeasured measured)
        {
            return await request.Definition.PresentAsync(Get(request), cancellationToken);
        }

        _authorizer.Authorize(request);
        var found = await measured.MeasureAsync(_usage(), request.Namespace, request.Name, cancellationToken);
        return found.Count > 0
            ? WriteScope.Unwritten(request, found[0], current: null)
            : throw MeasuredNotFound(request);
    }

    public async ValueTask<ListPage> ListAsync(
        ResourceRequest request, Selection selection, ListOptions options, CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request, selection);
        if (request.Definition is IMeasured measured)
        {
            var found = await measured.MeasureAsync(_usage(), request.Namespace, selection.Name ?? "", cancellationToken);
            return new ListPage(Store.Current, [.. found.Select(item => Measured(request, item)).Where(selection.Matches)], "", null);
        }

        return await PresentAsync(request, _reader.List(request, selection, options), cancellationToken);
    }

    /// <summary>
    /// The first objects of a watch; the changes come from <see cref="FollowAsync"/> after the page's revision.
    /// </summary>
    public async ValueTask<ListPage> StartWatchAsync(
        ResourceRequest request, Selection selection, WatchOptions options, CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request, selection);
        return await PresentAsync(request, _watcher.Start(request, selection, options), cancellationToken);
    }

    public IAsyncEnumerable<WatchBatch> FollowAsync(
        ResourceRequest request, Revision after, CancellationToken cancellationToken)
        => _watcher.FollowAsync(request, after, cancellationToken);

    /// <param name="request">The collection.</param>
    /// <param name="item">Becomes the pipeline's: it is changed.</param>
    /// <param name="options">How the write is meant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<StoredObject> CreateAsync(
        ResourceRequest request,
        IKubernetesObject<V1ObjectMeta> item,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request with { Name = item.Metadata.Name ?? "" });
        return request.Definition is IReview review
            ? AnswerAsync(review, request, item, options, cancellationToken)
            : _creator.CreateAsync(request, item, UpdatedBy(request, options), options, cancellationToken);
    }

    /// <summary>Replaces the object, or its status.</summary>
    public ValueTask<StoredObject> UpdateAsync(
        ResourceRequest request, ObjectChange change, WriteOptions options, CancellationToken cancellationToken)
        => UpdateAsync(request, change, StrategyOf(request), options, cancellationToken);

    /// <summary>Writes a change the server composed for a subresource of its own.</summary>
    public ValueTask<StoredObject> UpdateAsync(
        ResourceRequest request,
        ObjectChange change,
        UpdateStrategy strategy,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request);
        IOwnership ownership = strategy.IsOwned ? UpdatedBy(request, options) : KeptOwnership.Instance;
        return _updater.UpdateAsync(request, change, strategy, ownership, options, cancellationToken);
    }

    /// <summary>
    /// Server-side apply: makes the object, or merges the configuration into it. Repeats by itself when somebody was faster.
    /// </summary>
    public async ValueTask<AppliedObject> ApplyAsync(
        ResourceRequest request, ApplyConfiguration configuration, WriteOptions options, CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request);
        var strategy = StrategyOf(request);
        var change = new ApplyChange(request, configuration, options.Manager, options.Force, Now);
        if (request.Subresource.Length == 0 && Store.Find(request.Key) is null)
        {
            try
            {
                return new AppliedObject(await CreateByApplyAsync(request, configuration, change, options, cancellationToken), true);
            }
            catch (ApiException present) when (present.Reason == StatusReason.AlreadyExists)
            {
                // Somebody else made it meanwhile: the configuration is merged into that one.
            }
        }

        return new AppliedObject(
            await _updater.UpdateAsync(request, change.Apply, strategy, change, options, cancellationToken), IsNew: false);
    }

    /// <summary>Patches the object, or its status. Repeats by itself when somebody else was faster.</summary>
    public ValueTask<StoredObject> PatchAsync(
        ResourceRequest request,
        ObjectPatch patch,
        Action<IReadOnlyList<string>> warn,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        var change = new PatchChange(request.Definition, patch, options.FieldValidation, warn);
        return UpdateAsync(request, change.Apply, StrategyOf(request), options, cancellationToken);
    }

    /// <summary>A token for the service account the request names.</summary>
    public async ValueTask<Authenticationv1TokenRequest> RequestTokenAsync(
        ResourceRequest request, Authenticationv1TokenRequest asked, CancellationToken cancellationToken)
    {
        var changed = await AdmitBodyAsync(
            request, () => AdmissionBody.Of(TokenRequestKind, asked, WriteOptions.Default), cancellationToken);
        return _tokens().Answer(
            request, changed is null ? asked : JsonText.Decode<Authenticationv1TokenRequest>(JsonText.Encode(changed)));
    }

    public ValueTask<DeletionOutcome> DeleteAsync(
        ResourceRequest request, V1DeleteOptions options, CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request);
        return _deleter.DeleteAsync(request, options, cancellationToken);
    }

    /// <summary>Deletes every object of the selection as it is now. One that vanishes meanwhile is fine.</summary>
    public async ValueTask<ListPage> DeleteCollectionAsync(
        ResourceRequest request,
        Selection selection,
        ListOptions list,
        V1DeleteOptions options,
        CancellationToken cancellationToken)
    {
        _authorizer.Authorize(request, selection);
        var page = await PresentAsync(request, _reader.List(request, selection, list), cancellationToken);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = DeletionsAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(page.Objects, parallel, async (stored, token) =>
        {
            try
            {
                var one = request with { Verb = Verb.Delete, Namespace = stored.Key.Namespace, Name = stored.Key.Name };
                await _deleter.DeleteAsync(one, options, token);
            }
            catch (ApiException gone) when (gone.Reason == StatusReason.NotFound)
            {
                // Somebody else deleted it: that is what was asked for.
            }
        });
        return page;
    }

    private static async ValueTask<ListPage> PresentAsync(
        ResourceRequest request, ListPage page, CancellationToken cancellationToken)
        => page with { Objects = await request.Definition.PresentAsync(page.Objects, cancellationToken) };

    private static StoredObject Measured(ResourceRequest request, IKubernetesObject<V1ObjectMeta> item)
    {
        var named = request with { Namespace = item.Metadata.NamespaceProperty ?? "", Name = item.Metadata.Name };
        return WriteScope.Unwritten(named, item, current: null);
    }

    // As metrics-server words it.
    private static ApiException MeasuredNotFound(ResourceRequest request)
    {
        var resource = request.Definition.Gvr with { Resource = request.Definition.Gvk.Kind.ToLowerInvariant() };
        return ApiException.NotFound(
            resource, request.Namespace.Length == 0 ? request.Name : $"{request.Namespace}/{request.Name}");
    }

    private async ValueTask<StoredObject> AnswerAsync(
        IReview review,
        ResourceRequest request,
        IKubernetesObject<V1ObjectMeta> item,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        RequestChecks.SetNamespace(request, item.Metadata);
        request.Definition.ApplyDefaults(item);
        using var asked = _scope.Ask(
            request, Verb.Create, item, null, options.DryRun, () => WriteOptionsJson.Of("CreateOptions", options));
        await _scope.AdmitReviewAsync(asked, cancellationToken);
        item = asked.Object!;
        var errors = new FieldErrors();
        request.Definition.Validate(item, errors);
        errors.ThrowIfAny(request.Definition.Gvk, item.Metadata.Name ?? "");
        review.Answer(item, request, _reviews);
        return WriteScope.Unwritten(request, item, current: null);
    }

    private ValueTask<StoredObject> CreateByApplyAsync(
        ResourceRequest request,
        ApplyConfiguration configuration,
        ApplyChange change,
        WriteOptions options,
        CancellationToken cancellationToken)
    {
        if (configuration.Uid.Length > 0)
        {
            throw ApiException.Conflict(request.Definition.Gvr, request.Name,
                $"uid mismatch: the provided object specified uid {configuration.Uid}, and no existing object was found");
        }

        if (configuration.ResourceVersion.Length > 0)
        {
            throw request.NotFound();
        }

        // Who may patch an object may not therefore make one.
        var create = request with { Verb = Verb.Create };
        _authorizer.Authorize(create);
        var item = change.Create();
        RequestChecks.CheckName(request, item.Metadata);
        return _creator.CreateAsync(create, item, change, options, cancellationToken);
    }

    private UpdateOwnership UpdatedBy(ResourceRequest request, WriteOptions options)
        => new(
            request.Definition,
            options.Manager.Length > 0 ? options.Manager : ManagerNames.OfUser(request.User),
            request.Subresource,
            Now);

    private static UpdateStrategy StrategyOf(ResourceRequest request) => request.Subresource switch
    {
        "" => UpdateStrategy.Object,
        "scale" when request.Definition.Scale is not null => UpdateStrategy.Object,
        "status" when request.Definition.HasStatus => UpdateStrategy.Status,
        "finalize" when request.Definition is NamespaceResource => UpdateStrategy.Finalize,
        "ephemeralcontainers" when request.Definition is PodResource => UpdateStrategy.EphemeralContainers,
        "approval" when request.Definition is CertificateSigningRequestResource => UpdateStrategy.Approval,
        _ => throw RequestErrors.UnknownResource(),
    };
}

/// <summary>What an apply led to.</summary>
internal readonly record struct AppliedObject(StoredObject Object, bool IsNew);
