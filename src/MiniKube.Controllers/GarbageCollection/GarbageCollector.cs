using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Deletes what has lost all its owners, keeps owners that wait for what they own, and orphans what is to stay.
/// https://kubernetes.io/docs/concepts/architecture/garbage-collection/#owners-dependents
/// </summary>
internal sealed class GarbageCollector(IApiClient client, KindCatalog kinds)
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    /// <summary>Does what is to be done about one object now.</summary>
    public async Task CollectAsync(ClusterKind kind, ObjectKey key, CancellationToken cancellationToken)
    {
        if (kind.Find(key) is not { } item)
        {
            return;
        }

        if (item.IsDeleting())
        {
            await ReleaseAsync(kind, item, cancellationToken);
            return;
        }

        if (item.Metadata.OwnerReferences is { Count: > 0 })
        {
            await JudgeAsync(kind, item, cancellationToken);
        }
    }

    /// <summary>
    /// An object that is being deleted waits for its dependents, or lets go of them, as its finalizers say.
    /// </summary>
    private async Task ReleaseAsync(
        ClusterKind kind, IKubernetesObject<V1ObjectMeta> owner, CancellationToken cancellationToken)
    {
        var finalizers = owner.Metadata.Finalizers ?? [];
        if (finalizers.Contains(Orphan))
        {
            foreach (var (dependentKind, dependent) in kinds.OwnedBy(owner.Metadata.Uid))
            {
                await RemoveReferencesAsync(dependentKind, dependent, [owner.Metadata.Uid], cancellationToken);
            }

            await RemoveFinalizerAsync(kind, owner, Orphan, cancellationToken);
            return;
        }

        if (finalizers.Contains(Foreground) && !await HasBlockingAsync(owner, cancellationToken))
        {
            await RemoveFinalizerAsync(kind, owner, Foreground, cancellationToken);
        }
    }

    // Deletes what is not being deleted yet; true while something is left that blocks the owner.
    private async Task<bool> HasBlockingAsync(IKubernetesObject<V1ObjectMeta> owner, CancellationToken cancellationToken)
    {
        var isBlocked = false;
        foreach (var (kind, dependent) in kinds.OwnedBy(owner.Metadata.Uid))
        {
            isBlocked |= dependent.Metadata.OwnerReferences
                .Any(one => one.Uid == owner.Metadata.Uid && one.BlockOwnerDeletion == true);
            if (!dependent.IsDeleting())
            {
                await JudgeAsync(kind, dependent, cancellationToken);
            }
        }

        return isBlocked;
    }

    /// <summary>An object with owners: kept for the sake of those there are, deleted when there are none.</summary>
    private async Task JudgeAsync(
        ClusterKind kind, IKubernetesObject<V1ObjectMeta> item, CancellationToken cancellationToken)
    {
        List<string> lost = [];
        List<string> waiting = [];
        foreach (var owner in item.Metadata.OwnerReferences)
        {
            switch (await StateOfAsync(item, owner, cancellationToken))
            {
                case OwnerState.Absent:
                    lost.Add(owner.Uid);
                    break;
                case OwnerState.WaitingForDependents:
                    waiting.Add(owner.Uid);
                    break;
            }
        }

        var gone = lost.Count + waiting.Count;
        if (gone == 0)
        {
            return;
        }

        if (gone < item.Metadata.OwnerReferences.Count)
        {
            await RemoveReferencesAsync(kind, item, [.. lost, .. waiting], cancellationToken);
            return;
        }

        await DeleteAsync(kind, item, isAwaited: waiting.Count > 0, cancellationToken);
    }

    // The cache may be behind: an object whose owner let go of it a moment ago must not be taken for one that still names it.
    private async Task DeleteAsync(
        ClusterKind kind, IKubernetesObject<V1ObjectMeta> item, bool isAwaited, CancellationToken cancellationToken)
    {
        var newest = await kind.ReadAsync(client, item.Key(), cancellationToken);
        if (newest?.Metadata.Uid != item.Metadata.Uid)
        {
            return;
        }

        if (newest.Metadata.ResourceVersion != item.Metadata.ResourceVersion)
        {
            if (newest.Metadata.OwnerReferences is { Count: > 0 })
            {
                await JudgeAsync(kind, newest, cancellationToken);
            }

            return;
        }

        await kind.DeleteVersionAsync(client, item, PolicyFor(item, isAwaited), cancellationToken);
    }

    private string PolicyFor(IKubernetesObject<V1ObjectMeta> item, bool isAwaited)
    {
        var finalizers = item.Metadata.Finalizers ?? [];
        if (finalizers.Contains(Orphan))
        {
            return "Orphan";
        }

        // An owner that waits for this one waits for what this one owns, too.
        var ownsSomething = kinds.OwnedBy(item.Metadata.Uid).Any();
        return finalizers.Contains(Foreground) || (isAwaited && ownsSomething) ? "Foreground" : "Background";
    }

    private async Task<OwnerState> StateOfAsync(
        IKubernetesObject<V1ObjectMeta> item, V1OwnerReference reference, CancellationToken cancellationToken)
    {
        if (kinds.Find(reference.ApiVersion, reference.Kind) is not { } kind)
        {
            // A kind nobody here knows: nobody here can say that it is gone.
            return kinds.IsGone(reference.ApiVersion, reference.Kind) ? OwnerState.Absent : OwnerState.Present;
        }

        var key = kind.IsNamespaced
            ? new ObjectKey(item.Metadata.NamespaceProperty ?? "", reference.Name)
            : ObjectKey.Cluster(reference.Name);
        if (kind.IsNamespaced && key.Namespace.Length == 0)
        {
            return OwnerState.Present; // An invalid reference: nothing in the cluster can be owned from a namespace.
        }

        var owner = kind.Find(key);
        if (owner?.Metadata.Uid != reference.Uid)
        {
            // The caches of two kinds are not at the same revision: only the API knows that something is not there.
            owner = await kind.ReadAsync(client, key, cancellationToken);
        }

        if (owner?.Metadata.Uid != reference.Uid)
        {
            return OwnerState.Absent;
        }

        return owner.IsDeleting() && owner.Metadata.Finalizers?.Contains(Foreground) == true
            ? OwnerState.WaitingForDependents
            : OwnerState.Present;
    }

    private Task RemoveReferencesAsync(
        ClusterKind kind,
        IKubernetesObject<V1ObjectMeta> item,
        ImmutableArray<string> ownerUids,
        CancellationToken cancellationToken)
        => kind.ChangeMetadataAsync(
            client,
            item,
            metadata =>
            {
                var others = (metadata.OwnerReferences ?? []).Where(one => !ownerUids.Contains(one.Uid)).ToList();
                var changed = others.Count != (metadata.OwnerReferences?.Count ?? 0);
                metadata.OwnerReferences = others;
                return changed;
            },
            cancellationToken);

    private Task RemoveFinalizerAsync(
        ClusterKind kind, IKubernetesObject<V1ObjectMeta> item, string finalizer, CancellationToken cancellationToken)
        => kind.ChangeMetadataAsync(
            client,
            item,
            metadata =>
            {
                var others = (metadata.Finalizers ?? []).Where(one => one != finalizer).ToList();
                var changed = others.Count != (metadata.Finalizers?.Count ?? 0);
                metadata.Finalizers = others;
                return changed;
            },
            cancellationToken);

    private enum OwnerState
    {
        Present,
        WaitingForDependents,
        Absent,
    }
}
