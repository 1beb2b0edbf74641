using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Namespaces that are being deleted.</summary>
internal static class NamespaceController
{
    private const string Name = "namespace-controller";

    public static ReconcileLoop Create(ControllerContext context, KindCatalog kinds, CustomKindFollower? custom)
    {
        var namespaces = context.Informer<V1Namespace>();
        var reconciler = new NamespaceReconciler(context.ClientFor(Name), namespaces, kinds, custom, context.Time);
        var loop = context.Loop(Name, reconciler).For(namespaces);
        kinds.Follow(kind =>
        {
            kind.Subscribe((key, _, current) =>
            {
                // The last of a kind may be what a namespace waits for.
                var home = ObjectKey.Cluster(key.Namespace);
                if (current is null && kind.IsNamespaced && namespaces.Find(home)?.IsDeleting() == true)
                {
                    loop.Enqueue(home);
                }
            });
        });

        return loop;
    }
}
