using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Pods that nobody is left to end.</summary>
internal static class PodGarbageController
{
    public static ReconcileLoop Create(ControllerContext context)
    {
        var pods = context.Informer<V1Pod>();
        var nodes = context.Informer<V1Node>();
        var byNode = PodsByNode.IndexOf(pods);
        var reconciler = new PodGarbageReconciler(
            context.ClientFor("pod-garbage-collector"), pods, nodes, context.Options, context.Time);
        return context.Loop("pod-garbage-collector-controller", reconciler)
            .Watches(pods, static (key, old, current) => Concerned(key, old, current))
            .Watches(nodes, (key, old, current) => Matters(old, current) ? byNode[key.Name].Select(static pod => pod.Key()) : []);
    }

    private static IEnumerable<ObjectKey> Concerned(ObjectKey key, V1Pod? old, V1Pod? current)
    {
        if (current is null)
        {
            return [];
        }

        var isNews = old?.Spec.NodeName != current.Spec.NodeName || old?.IsDeleting() != current.IsDeleting();
        var hasFinished = current.IsFinished() && old?.IsFinished() != true;
        return (isNews ? [key] : Enumerable.Empty<ObjectKey>()).Concat(hasFinished ? [PodGarbageReconciler.FinishedPods] : []);
    }

    // It came or went, lost or found its voice, or was declared out of service.
    private static bool Matters(V1Node? old, V1Node? current)
        => old is null
            || current is null
            || ZonePlanner.IsReady(old) != ZonePlanner.IsReady(current)
            || !NodeTaints.IsSame(old.Spec?.Taints, current.Spec?.Taints);
}
