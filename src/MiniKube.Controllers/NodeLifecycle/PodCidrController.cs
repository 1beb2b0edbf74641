using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Pod address ranges of nodes.</summary>
internal static class PodCidrController
{
    private const string Name = "node-ipam-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var nodes = context.Informer<V1Node>();
        var reconciler = new PodCidrReconciler(
            context.ClientFor("node-controller"), nodes, context.Options, context.RecorderFor(Name));
        return context.Loop(Name, reconciler, workers: 1)
            .For(nodes)
            .Watches(nodes, (_, _, current) => current is null ? nodes.All.Where(HasNone).Select(static node => node.Key()) : []);
    }

    // A range that came free may be what another node waits for.
    private static bool HasNone(V1Node node) => string.IsNullOrEmpty(node.Spec?.PodCIDR);
}
