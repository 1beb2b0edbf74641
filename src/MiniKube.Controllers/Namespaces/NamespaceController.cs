using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Namespaces that are being deleted.</summary>
internal static class NamespaceController
{
    private const string Name = "namespace-controller";

    public static ReconcileLoop Create(ControllerContext context, KindCatalog kinds)
    {
        var namespaces = context.Informer<V1Namespace>();
        var reconciler = new NamespaceReconciler(context.ClientFor(Name), namespaces, kinds, context.Time);
        var loop = context.Loop(Name, reconciler).For(namespaces);
        foreach (var kind in kinds.All.Where(static kind => kind.IsNamespaced))
        {
            kind.Subscribe((key, _, current) =>
            {
                // The last of a kind may be what a namespace waits for.
                var home = ObjectKey.Cluster(key.Namespace);
                if (current is null && namespaces.Find(home)?.IsDeleting() == true)
                {
                    loop.Enqueue(home);
                }
            });
        }

        return loop;
    }
}
