using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The rules of cluster roles that are composed of others.</summary>
internal static class ClusterRoleAggregationController
{
    private const string Name = "clusterrole-aggregation-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var roles = context.Informer<V1ClusterRole>();
        var reconciler = new ClusterRoleAggregationReconciler(context.ClientFor(Name), roles);

        // A role that changed may be, or may have been, a part of any that aggregates.
        return context.Loop(Name, reconciler, workers: 1)
            .For(roles)
            .Watches(roles, (_, _, _) => roles.All
                .Where(static role => role.AggregationRule is not null)
                .Select(static role => role.Key()));
    }
}
