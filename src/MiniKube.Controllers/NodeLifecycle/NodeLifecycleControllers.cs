using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The health of nodes, as conditions and taints.</summary>
internal static class NodeHealthController
{
    private const string Name = "node-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var nodes = context.Informer<V1Node>();
        var leases = context.Informer<V1Lease>();
        var pods = context.Informer<V1Pod>();
        var byNode = PodsByNode.IndexOf(pods);
        var clock = context.Awake;
        var reconciler = new NodeHealthReconciler(
            context.ClientFor(Name),
            nodes,
            leases,
            byNode,
            context.Options.NodeMonitorGracePeriod,
            clock,
            context.RecorderFor(Name),
            context.Time);
        return context.Loop("node-lifecycle-controller", reconciler)
            .For(nodes)
            .Watches(leases, NodeHeartbeats.NodeOf)
            .Watches(pods, (_, old, current) => IsReadyOnUnready(nodes, old, current) ? [ObjectKey.Cluster(current!.Spec.NodeName)] : [])
            .Watches(nodes, (_, old, current) => ChangesPace(old, current) ? Unready(nodes) : []);
    }

    // What a pod said of itself just before its node fell silent may be seen only after.
    private static bool IsReadyOnUnready(Informer<V1Node> nodes, V1Pod? old, V1Pod? current)
        => current is { Spec.NodeName: { Length: > 0 } name }
            && current.IsReady()
            && old?.IsReady() != true
            && nodes.Find(ObjectKey.Cluster(name)) is { } node
            && !ZonePlanner.IsReady(node);

    // How fast nodes lose their pods depends on how many others are well.
    private static bool ChangesPace(V1Node? old, V1Node? current)
        => old is null
            || current is null
            || ZonePlanner.IsReady(old) != ZonePlanner.IsReady(current)
            || ZonePlanner.ZoneOf(old) != ZonePlanner.ZoneOf(current);

    private static IEnumerable<ObjectKey> Unready(Informer<V1Node> nodes)
        => nodes.All.Where(static node => !ZonePlanner.IsReady(node)).Select(static node => node.Key());
}

/// <summary>Pods that have to leave their node.</summary>
internal static class PodEvictionController
{
    private const string Name = "taint-eviction-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var nodes = context.Informer<V1Node>();
        var pods = context.Informer<V1Pod>();
        var byNode = PodsByNode.IndexOf(pods);
        var reconciler = new PodEvictionReconciler(
            context.ClientFor("node-controller"),
            pods,
            nodes,
            context.RecorderFor(Name),
            context.Time);
        return context.Loop(Name, reconciler)
            .Watches(pods, static (key, old, current) => IsNews(old, current) ? [key] : [])
            .Watches(nodes, (key, old, current) =>
                MattersToPods(old, current) ? byNode[key.Name].Select(static pod => pod.Key()) : []);
    }

    private static bool IsNews(V1Pod? old, V1Pod? current)
        => current is not null
            && !string.IsNullOrEmpty(current.Spec.NodeName)
            && (string.IsNullOrEmpty(old?.Spec.NodeName)
                || (old.Spec.Tolerations?.Count ?? 0) != (current.Spec.Tolerations?.Count ?? 0));

    private static bool MattersToPods(V1Node? old, V1Node? current)
        => old is null
            || current is null
            || !NodeTaints.IsSame(NoExecute(old), NoExecute(current));

    private static List<V1Taint> NoExecute(V1Node node)
        => [.. (node.Spec?.Taints ?? []).Where(static taint => taint.Effect == "NoExecute")];
}

/// <summary>Pods by the node they are bound to.</summary>
internal static class PodsByNode
{
    public static ObjectIndex<V1Pod> IndexOf(Informer<V1Pod> pods)
        => pods.AddIndex(static pod => string.IsNullOrEmpty(pod.Spec.NodeName) ? [] : [pod.Spec.NodeName]);
}
