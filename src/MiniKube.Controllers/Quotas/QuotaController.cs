using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>ResourceQuotas: how much of each is used.</summary>
internal static class QuotaController
{
    private const string Name = "resourcequota-controller";

    public static ReconcileLoop Create(ControllerContext context, KindCatalog kinds)
    {
        var quotas = context.Informer<V1ResourceQuota>();
        var loop = context.SummingLoop(Name, new QuotaReconciler(context.ClientFor(Name), quotas, kinds)).For(quotas);
        kinds.Follow(kind => kind.Subscribe((key, old, current) =>
        {
            foreach (var quota in kind.IsNamespaced ? quotas.ByNamespace[key.Namespace] : [])
            {
                if (Matters(kind.Gvr, old, current))
                {
                    loop.Enqueue(quota.Key());
                }
            }
        }));
        return loop;
    }

    private static bool Matters(Gvr resource, IKubernetesObject<V1ObjectMeta>? old, IKubernetesObject<V1ObjectMeta>? current)
    {
        if (old is null || current is null)
        {
            return true;
        }

        var (before, after) = (QuotaUsage.Of(resource, old), QuotaUsage.Of(resource, current));
        return before.Count != after.Count
            || before.Any(one => !after.TryGetValue(one.Key, out var amount) || !amount.Equals(one.Value));
    }
}
