using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>StatefulSets: their pods, updates, revisions and status.</summary>
internal static class StatefulSetController
{
    private const string Name = "statefulset-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var sets = context.Informer<V1StatefulSet>();
        var pods = context.Informer<V1Pod>();
        var revisions = context.Informer<V1ControllerRevision>();
        var reconciler = new StatefulSetReconciler(
            context.ClientFor(Name), sets, pods, revisions, context.RecorderFor(Name), context.Time);
        return context.Loop(Name, reconciler)
            .For(sets)
            .Owns(revisions, ObjectType<V1StatefulSet>.Gvk)
            .Watches(pods, pod => OwnerOf.Pod(pod, sets, static set => set.Spec.Selector));
    }
}
