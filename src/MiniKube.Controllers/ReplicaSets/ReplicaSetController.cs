using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>ReplicaSets: their pods, and their status.</summary>
internal static class ReplicaSetController
{
    private const string Name = "replicaset-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var sets = context.Informer<V1ReplicaSet>();
        var pods = context.Informer<V1Pod>();
        var reconciler = new ReplicaSetReconciler(
            context.ClientFor(Name), sets, pods, context.RecorderFor(Name), context.Time);
        return context.Loop(Name, reconciler)
            .For(sets)
            .Owns(pods, ObjectType<V1ReplicaSet>.Gvk)
            .Watches(pods, pod => Adopters(sets, pod));
    }

    // A pod nobody manages may be one a set wants.
    private static IEnumerable<ObjectKey> Adopters(Informer<V1ReplicaSet> sets, V1Pod pod)
        => pod.ControllerRef() is null && !pod.IsDeleting()
            ? sets.ByNamespace[pod.Metadata.NamespaceProperty ?? ""]
                .Where(set => LabelSelector.Of(set.Spec.Selector)?.Matches(pod.Metadata.Labels) == true)
                .Select(static set => set.Key())
            : [];
}
