using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Which objects an owner manages: its own by owner reference, plus orphans its selector matches, which it takes over,
/// less those the selector no longer matches, which it lets go.
/// https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
/// </summary>
internal sealed class Ownership<TOwner, T>
    where TOwner : class, IKubernetesObject<V1ObjectMeta>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly IApiClient _client;
    private readonly Informer<T> _informer;
    private readonly ObjectIndex<T> _orphansByNamespace;

    public Ownership(IApiClient client, Informer<T> informer)
    {
        _client = client;
        _informer = informer;
        _orphansByNamespace = informer.AddIndex(static item =>
            item.ControllerRef() is null ? [item.Metadata.NamespaceProperty ?? ""] : []);
    }

    /// <summary>Which orphans an owner may take over besides what its selector says; all by default.</summary>
    public Func<TOwner, T, bool> IsCandidate { get; init; } = static (_, _) => true;

    public async Task<List<T>> ClaimAsync(TOwner owner, LabelSelector selector, CancellationToken cancellationToken)
    {
        var managed = _informer.ByOwnerUid[owner.Metadata.Uid].Where(item => item.IsControlledBy(owner)).ToList();
        var kept = managed.Where(item => selector.Matches(item.Metadata.Labels)).ToList();
        if (owner.IsDeleting())
        {
            return kept;
        }

        foreach (var item in managed.Where(item => !selector.Matches(item.Metadata.Labels)))
        {
            await ReleaseAsync(owner, item, cancellationToken);
        }

        var orphans = _orphansByNamespace[owner.Metadata.NamespaceProperty]
            .Where(item => !item.IsDeleting() && selector.Matches(item.Metadata.Labels) && IsCandidate(owner, item)).ToList();
        if (orphans.Count > 0 && await IsStillThereAsync(owner, cancellationToken))
        {
            kept.AddRange(await AdoptAsync(owner, orphans, cancellationToken));
        }

        return kept;
    }

    // The cache may lag: an owner on its way out must not take anything new over.
    private async Task<bool> IsStillThereAsync(TOwner owner, CancellationToken cancellationToken)
    {
        var latest = await _client.FindAsync<TOwner>(owner.Key(), cancellationToken);
        return latest is not null && latest.Metadata.Uid == owner.Metadata.Uid && !latest.IsDeleting();
    }

    private async Task<List<T>> AdoptAsync(TOwner owner, List<T> orphans, CancellationToken cancellationToken)
    {
        List<T> adopted = [];
        foreach (var orphan in orphans)
        {
            var updated = await _client.UpdateWithRetryAsync(
                orphan, item => AddReference(owner, item), subresource: null, cancellationToken);
            if (updated is not null && updated.IsControlledBy(owner))
            {
                adopted.Add(updated);
            }
        }

        return adopted;
    }

    private async Task ReleaseAsync(TOwner owner, T item, CancellationToken cancellationToken)
        => await _client.UpdateWithRetryAsync(
            item, copy => RemoveReference(owner, copy), subresource: null, cancellationToken);

    private static bool AddReference(TOwner owner, T item)
    {
        if (item.ControllerRef() is not null || item.IsDeleting())
        {
            return false;
        }

        var others = (item.Metadata.OwnerReferences ?? []).Where(one => one.Uid != owner.Metadata.Uid);
        item.Metadata.OwnerReferences = [.. others, ObjectType<TOwner>.ControllerRefTo(owner)];
        return true;
    }

    private static bool RemoveReference(TOwner owner, T item)
    {
        var others = (item.Metadata.OwnerReferences ?? []).Where(one => one.Uid != owner.Metadata.Uid).ToList();
        var changed = others.Count != (item.Metadata.OwnerReferences?.Count ?? 0);
        item.Metadata.OwnerReferences = others;
        return changed;
    }
}
