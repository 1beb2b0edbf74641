using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>DaemonSets: their pods, updates, revisions and status.</summary>
internal static class DaemonSetController
{
    private const string Name = "daemonset-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var sets = context.Informer<V1DaemonSet>();
        var pods = context.Informer<V1Pod>();
        var nodes = context.Informer<V1Node>();
        var revisions = context.Informer<V1ControllerRevision>();
        var reconciler = new DaemonSetReconciler(
            context.ClientFor(Name), sets, pods, nodes, revisions, context.RecorderFor(Name), context.Time);
        return context.SummingLoop(Name, reconciler)
            .For(sets)
            .Owns(revisions, ObjectType<V1DaemonSet>.Gvk)
            .Watches(pods, pod => OwnerOf.Pod(pod, sets, static set => set.Spec.Selector))
            .Watches(nodes, (_, old, current) => Matters(old, current) ? sets.All.Select(static set => set.Key()) : []);
    }

    // A node's status changes all the time; where pods belong depends on its labels and taints.
    private static bool Matters(V1Node? old, V1Node? current)
        => old is null
            || current is null
            || !Same.Labels(old, current)
            || !NodeTaints.IsSame(old.Spec?.Taints, current.Spec?.Taints);
}
