using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Empties a namespace that is being deleted, says what is left, and lets it go when nothing is. The API server lets
/// nobody create in it meanwhile, so what a list does not show is gone.
/// </summary>
internal sealed class NamespaceReconciler(
    IApiClient client, Informer<V1Namespace> namespaces, KindCatalog kinds, CustomKindFollower? custom, TimeProvider time)
    : IReconciler
{
    private const string Finalizer = "kubernetes";

    // What is left has finalizers or a grace period; its end is an event, and this is only a net.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1);

    // A kind was defined a moment ago, and objects of it may be here.
    private static readonly TimeSpan KindsComing = TimeSpan.FromMilliseconds(200);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (namespaces.Find(key) is not { } home || !home.IsDeleting() || home.Spec?.Finalizers?.Contains(Finalizer) != true)
        {
            return ReconcileResult.Done;
        }

        if (custom is not null && !await custom.KnowsAllAsync(client, cancellationToken))
        {
            return ReconcileResult.After(KindsComing);
        }

        var remains = await EmptyAsync(key.Name, cancellationToken);
        await WriteConditionsAsync(home, remains, cancellationToken);
        if (!remains.IsEmpty)
        {
            return ReconcileResult.After(LookAgain);
        }

        await FinalizeAsync(home, cancellationToken);
        return ReconcileResult.Done;
    }

    private async Task<ImmutableArray<NamespaceRemains>> EmptyAsync(string home, CancellationToken cancellationToken)
    {
        var remains = ImmutableArray.CreateBuilder<NamespaceRemains>();
        foreach (var kind in kinds.All.Where(static kind => kind.IsNamespaced))
        {
            foreach (var item in await kind.ListAsync(client, home, cancellationToken))
            {
                if (!item.IsDeleting())
                {
                    await kind.DeleteAsync(client, item, "Background", cancellationToken);
                }
            }

            var left = await kind.ListAsync(client, home, cancellationToken);
            if (left.Count > 0)
            {
                remains.Add(new NamespaceRemains(kind.Gvr.GroupResource, [.. left]));
            }
        }

        // Last, because deleting the others makes more of them.
        foreach (var item in (await client.ListAsync<Corev1Event>(new ObjectQuery(home), cancellationToken)).Items)
        {
            await client.DeleteIfPresentAsync(item, cancellationToken);
        }

        return remains.ToImmutable();
    }

    private async Task WriteConditionsAsync(
        V1Namespace home, ImmutableArray<NamespaceRemains> remains, CancellationToken cancellationToken)
        => await client.UpdateWithRetryAsync(
            home,
            copy =>
            {
                copy.Status ??= new V1NamespaceStatus();
                var wanted = NamespaceConditions.Of(remains, copy.Status.Conditions ?? [], time.GetUtcNow());
                var isSame = copy.Status.Phase == "Terminating" && Same.Json(copy.Status.Conditions ?? [], wanted);
                copy.Status.Phase = "Terminating";
                copy.Status.Conditions = wanted;
                return !isSame;
            },
            "status",
            cancellationToken);

    private async Task FinalizeAsync(V1Namespace home, CancellationToken cancellationToken)
        => await client.UpdateWithRetryAsync(
            home,
            static copy =>
            {
                var others = (copy.Spec?.Finalizers ?? []).Where(static one => one != Finalizer).ToList();
                var changed = others.Count != (copy.Spec?.Finalizers?.Count ?? 0);
                copy.Spec ??= new V1NamespaceSpec();
                copy.Spec.Finalizers = others;
                return changed;
            },
            "finalize",
            cancellationToken);
}

/// <summary>What of one resource is still in a namespace.</summary>
internal sealed record NamespaceRemains(string Resource, ImmutableArray<IKubernetesObject<V1ObjectMeta>> Items);
