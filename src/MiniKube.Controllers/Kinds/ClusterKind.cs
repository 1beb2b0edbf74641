using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// A kind for controllers that treat all kinds alike: reads from the shared cache or the API, and the writes they need.
/// </summary>
internal abstract class ClusterKind
{
    public abstract Gvk Gvk { get; }

    public abstract Gvr Gvr { get; }

    public required bool IsNamespaced { get; init; }

    /// <summary>From the cache; null when it is not there.</summary>
    public abstract IKubernetesObject<V1ObjectMeta>? Find(ObjectKey key);

    /// <summary>From the API, for decisions a cache that lags must not make.</summary>
    public abstract Task<IKubernetesObject<V1ObjectMeta>?> ReadAsync(
        IApiClient client, ObjectKey key, CancellationToken cancellationToken);

    /// <summary>Everything in a namespace, from the API.</summary>
    public abstract Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> ListAsync(
        IApiClient client, string namespaceName, CancellationToken cancellationToken);

    /// <summary>From the cache: everything in a namespace.</summary>
    public abstract IEnumerable<IKubernetesObject<V1ObjectMeta>> In(string namespaceName);

    /// <summary>From the cache: everything that names the owner.</summary>
    public abstract IEnumerable<IKubernetesObject<V1ObjectMeta>> OwnedBy(string ownerUid);

    /// <summary>Deletes that very object; gone already is fine.</summary>
    public abstract Task DeleteAsync(
        IApiClient client, IKubernetesObject<V1ObjectMeta> item, string propagationPolicy, CancellationToken cancellationToken);

    /// <summary>Asks for deletion if the object is still exactly this one; a conflict if it has changed.</summary>
    public abstract Task DeleteVersionAsync(
        IApiClient client, IKubernetesObject<V1ObjectMeta> item, string propagationPolicy, CancellationToken cancellationToken);

    /// <summary>Changes the object's metadata; gone already is fine.</summary>
    public abstract Task ChangeMetadataAsync(
        IApiClient client,
        IKubernetesObject<V1ObjectMeta> item,
        Func<V1ObjectMeta, bool> change,
        CancellationToken cancellationToken);

    /// <summary>Calls back for every change of every object.</summary>
    public abstract void Subscribe(Action<ObjectKey, IKubernetesObject<V1ObjectMeta>?, IKubernetesObject<V1ObjectMeta>?> changed);

    /// <summary>From the cache: everything, in no order.</summary>
    public abstract IEnumerable<IKubernetesObject<V1ObjectMeta>> All { get; }

    /// <summary>Tells those who subscribed that everything of the kind is gone.</summary>
    public abstract void Forget();

    /// <inheritdoc />
    public override string ToString() => Gvr.ToString();
}

/// <summary>A kind by its model; with a client of its own when it has none and only that client knows which kind is meant.</summary>
internal sealed class ClusterKind<T>(Informer<T> informer, Gvk gvk, Gvr gvr, IApiClient? own = null) : ClusterKind
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private ImmutableArray<Action<ObjectKey, IKubernetesObject<V1ObjectMeta>?, IKubernetesObject<V1ObjectMeta>?>> _subscribers = [];

    public override Gvk Gvk => gvk;

    public override Gvr Gvr => gvr;

    public override IEnumerable<IKubernetesObject<V1ObjectMeta>> All => informer.All;

    public override IKubernetesObject<V1ObjectMeta>? Find(ObjectKey key) => informer.Find(key);

    public override async Task<IKubernetesObject<V1ObjectMeta>?> ReadAsync(
        IApiClient client, ObjectKey key, CancellationToken cancellationToken)
        => await (own ?? client).FindAsync<T>(key, cancellationToken);

    public override async Task<IReadOnlyList<IKubernetesObject<V1ObjectMeta>>> ListAsync(
        IApiClient client, string namespaceName, CancellationToken cancellationToken)
        => (await (own ?? client).ListAsync<T>(new ObjectQuery(namespaceName), cancellationToken)).Items;

    public override IEnumerable<IKubernetesObject<V1ObjectMeta>> In(string namespaceName) => informer.ByNamespace[namespaceName];

    public override IEnumerable<IKubernetesObject<V1ObjectMeta>> OwnedBy(string ownerUid) => informer.ByOwnerUid[ownerUid];

    public override async Task DeleteAsync(
        IApiClient client, IKubernetesObject<V1ObjectMeta> item, string propagationPolicy, CancellationToken cancellationToken)
    {
        try
        {
            await (own ?? client).DeleteAsync<T>(item.Key(), Options(item, propagationPolicy), cancellationToken);
        }
        catch (ApiException gone) when (gone.Reason is StatusReason.NotFound or StatusReason.Conflict)
        {
            // Somebody else deleted it, or another took its name: in both cases it is not there any more.
        }
    }

    public override async Task DeleteVersionAsync(
        IApiClient client, IKubernetesObject<V1ObjectMeta> item, string propagationPolicy, CancellationToken cancellationToken)
    {
        var options = Options(item, propagationPolicy);
        options.Preconditions.ResourceVersion = item.Metadata.ResourceVersion;
        try
        {
            await (own ?? client).DeleteAsync<T>(item.Key(), options, cancellationToken);
        }
        catch (ApiException gone) when (gone.Reason == StatusReason.NotFound)
        {
            // Somebody else deleted it.
        }
    }

    private static V1DeleteOptions Options(IKubernetesObject<V1ObjectMeta> item, string propagationPolicy) => new()
    {
        PropagationPolicy = propagationPolicy,
        Preconditions = new V1Preconditions { Uid = item.Metadata.Uid },
    };

    public override async Task ChangeMetadataAsync(
        IApiClient client,
        IKubernetesObject<V1ObjectMeta> item,
        Func<V1ObjectMeta, bool> change,
        CancellationToken cancellationToken)
        => await (own ?? client).UpdateWithRetryAsync((T)item, copy => change(copy.Metadata), subresource: null, cancellationToken);

    public override void Subscribe(Action<ObjectKey, IKubernetesObject<V1ObjectMeta>?, IKubernetesObject<V1ObjectMeta>?> changed)
    {
        ImmutableInterlocked.Update(ref _subscribers, static (all, added) => all.Add(added), changed);
        informer.Subscribe((key, old, current) => changed(key, old, current));
    }

    public override void Forget()
    {
        foreach (var item in informer.All)
        {
            foreach (var changed in _subscribers)
            {
                changed(item.Key(), item, null);
            }
        }
    }
}
