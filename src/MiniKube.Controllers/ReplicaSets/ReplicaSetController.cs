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
        return context.SummingLoop(Name, reconciler)
            .For(sets)
            .Watches(pods, (_, old, current) => Matters(old, current) ? Concerned(sets, old).Concat(Concerned(sets, current)) : []);
    }

    // Most of what a pod reports, its node and its containers among it, changes neither number nor status of the set.
    private static bool Matters(V1Pod? old, V1Pod? current)
        => old is null
            || current is null
            || old.Metadata.Uid != current.Metadata.Uid
            || old.IsActive() != current.IsActive()
            || old.IsReady() != current.IsReady()
            || old.ReadyCondition()?.LastTransitionTime != current.ReadyCondition()?.LastTransitionTime
            || old.ControllerRef()?.Uid != current.ControllerRef()?.Uid
            || !Same.Labels(old, current);

    private static IEnumerable<ObjectKey> Concerned(Informer<V1ReplicaSet> sets, V1Pod? pod)
    {
        if (pod is null)
        {
            return [];
        }

        return pod.ControllerRef() is { } owner
            ? owner.Kind == ObjectType<V1ReplicaSet>.Gvk.Kind ? [new ObjectKey(pod.Metadata.NamespaceProperty, owner.Name)] : []
            : Adopters(sets, pod);
    }

    // A pod nobody manages may be one a set wants.
    private static IEnumerable<ObjectKey> Adopters(Informer<V1ReplicaSet> sets, V1Pod pod)
        => !pod.IsDeleting()
            ? sets.ByNamespace[pod.Metadata.NamespaceProperty ?? ""]
                .Where(set => LabelSelector.Of(set.Spec.Selector)?.Matches(pod.Metadata.Labels) == true)
                .Select(static set => set.Key())
            : [];
}
