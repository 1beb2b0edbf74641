using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// The API without a socket: the same pipeline as HTTPS, called with an identity. Results are the shared typed views of
/// what is stored. With a resource, <see cref="CustomObject"/> stands for objects of that kind, whatever it is.
/// </summary>
internal sealed class LocalApiClient(ApiPipeline pipeline, UserInfo user, Gvr? custom = null) : IApiClient
{
    public async Task<T?> FindAsync<T>(ObjectKey key, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = Request<T>(Verb.Get, key);
        pipeline.Authorize(request);
        return pipeline.Store.Find(request.Key) is { } stored
            ? View<T>(request, await request.Definition.PresentAsync(stored, cancellationToken))
            : null;
    }

    public async Task<ObjectList<T>> ListAsync<T>(ObjectQuery query, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = Request<T>(Verb.List, new ObjectKey(query.Namespace ?? "", ""));
        var page = await pipeline.ListAsync(request, SelectionOf(request, query), ListOptions.All, cancellationToken);
        var items = page.Objects.Select(stored => View<T>(request, stored)).ToList();
        return new ObjectList<T>(page.Revision, items);
    }

    public async IAsyncEnumerable<ObjectEvent<T>> WatchAsync<T>(
        ObjectQuery query, Revision after, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var request = Request<T>(Verb.Watch, new ObjectKey(query.Namespace ?? "", ""));
        var selection = SelectionOf(request, query);
        var options = new WatchOptions(after == Revision.Zero ? null : after);
        var first = await pipeline.StartWatchAsync(request, selection, options, cancellationToken);
        foreach (var stored in first.Objects)
        {
            yield return new ObjectEvent<T>(ObjectEventType.Added, stored.Revision, View<T>(request, stored));
        }

        await foreach (var batch in pipeline.FollowAsync(request, first.Revision, cancellationToken))
        {
            for (var index = 0; index < batch.Events.Length; index++)
            {
                var change = batch.Events.Span[index];
                if (WatchChange.Classify(change, selection) is { } type)
                {
                    yield return new ObjectEvent<T>(type, change.Object.Revision, View<T>(request, change.Object));
                }
            }

            if (batch.Events.IsEmpty)
            {
                yield return new ObjectEvent<T>(ObjectEventType.Bookmark, batch.UpTo, null);
            }
        }
    }

    public async Task<T> CreateAsync<T>(T item, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var request = Request<T>(Verb.Create, new ObjectKey(item.Metadata?.NamespaceProperty ?? "", ""));
        var copy = Copy(request.Definition, item);
        return View<T>(request, await pipeline.CreateAsync(request, copy, WriteOptions.Default, cancellationToken));
    }

    public async Task<T> UpdateAsync<T>(T item, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var request = Request<T>(Verb.Update, item.Key(), subresource);
        ObjectChange change = _ => Copy(request.Definition, item);
        return View<T>(request, await pipeline.UpdateAsync(request, change, WriteOptions.Default, cancellationToken));
    }

    public async Task<T> PatchAsync<T>(
        ObjectKey key, ObjectPatch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var request = Request<T>(Verb.Patch, key, subresource);
        var patched = await pipeline.PatchAsync(
            request, patch, static _ => { }, WriteOptions.Default, cancellationToken);
        return View<T>(request, patched);
    }

    public async Task DeleteAsync<T>(ObjectKey key, V1DeleteOptions? options, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => await pipeline.DeleteAsync(
            Request<T>(Verb.Delete, key), options ?? new V1DeleteOptions(), cancellationToken);

    public async Task BindAsync(ObjectKey pod, string? podUid, string nodeName, CancellationToken cancellationToken)
    {
        var request = Request<V1Pod>(Verb.Create, pod, "binding");
        await PodBinding.BindAsync(
            pipeline, request, new PodBinding(podUid, nodeName), WriteOptions.Default, cancellationToken);
    }

    public async Task<V1TokenRequestStatus> RequestTokenAsync(
        ObjectKey account, V1TokenRequestSpec spec, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var asked = new Authenticationv1TokenRequest { Spec = ObjectJson.Copy(spec) };
        var request = Request<V1ServiceAccount>(Verb.Create, account, "token");
        return (await pipeline.RequestTokenAsync(request, asked, cancellationToken)).Status;
    }

    private ResourceRequest Request<T>(Verb verb, ObjectKey key, string? subresource = null)
    {
        var definition = DefinitionOf<T>();
        var space = definition.Scope == Scope.Cluster ? "" : key.Namespace;
        return new ResourceRequest(user, verb, definition, space, key.Name, subresource ?? "");
    }

    private ResourceDefinition DefinitionOf<T>() => custom is null || typeof(T) != typeof(CustomObject)
        ? pipeline.Resources.Get(typeof(T))
        : pipeline.Resources.Find(custom.Value) ?? throw RequestErrors.UnknownResource();

    private static Selection SelectionOf(ResourceRequest request, ObjectQuery query)
        => new(request.Definition, query.Labels ?? LabelSelector.Everything,
            query.Fields is null ? FieldSelector.Everything : FieldSelector.Parse(query.Fields));

    // A further version of a kind works with the model of what is stored, and shows bytes of its own.
    private static T View<T>(ResourceRequest request, StoredObject stored)
        where T : class
        => request.Definition.View(stored).Item as T ?? ObjectJson.Decode<T>(stored.Json.Span);

    // The pipeline changes what it is given; the caller's object stays as it is. Kind and version are the model's.
    private static IKubernetesObject<V1ObjectMeta> Copy(
        ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item)
    {
        var copy = definition.Decode(definition.Encode(item));
        copy.ApiVersion = definition.Gvk.ApiVersion;
        copy.Kind = definition.Gvk.Kind;
        copy.Metadata ??= new V1ObjectMeta();
        return copy;
    }
}
