using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Keeps the status of quotas true: what they allow, and what is used of it. Keys are quotas. Requests are not judged by it, but by what
/// is stored.
/// </summary>
internal sealed class QuotaReconciler(IApiClient client, Informer<V1ResourceQuota> quotas, KindCatalog kinds) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (quotas.Find(key) is not { } quota || quota.IsDeleting())
        {
            return ReconcileResult.Done;
        }

        var hard = quota.Spec?.Hard ?? new Dictionary<string, ResourceQuantity>();
        var used = hard.Keys.ToDictionary(static name => name, static _ => Quantity.Zero);
        foreach (var kind in kinds.All.Where(kind => kind.IsNamespaced && QuotaUsage.Concerns(kind.Gvr, hard.Keys)))
        {
            Count(kind, quota, used);
        }

        var status = new V1ResourceQuotaStatus
        {
            Hard = hard,
            Used = used.ToDictionary(static one => one.Key, static one => one.Value.ToModel()),
        };
        if (!Same.Json(quota.Status ?? new V1ResourceQuotaStatus(), status))
        {
            await client.UpdateAsync(quota with { Status = status }, "status", cancellationToken);
        }

        return ReconcileResult.Done;
    }

    private static void Count(ClusterKind kind, V1ResourceQuota quota, Dictionary<string, Quantity> used)
    {
        foreach (var item in kind.In(quota.Metadata.NamespaceProperty).Where(item => QuotaScopes.Matches(quota.Spec, item)))
        {
            foreach (var (name, amount) in QuotaUsage.Of(kind.Gvr, item))
            {
                if (used.TryGetValue(name, out var sum))
                {
                    used[name] = sum + amount;
                }
            }
        }
    }
}
