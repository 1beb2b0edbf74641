using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Deployments: their replica sets, rollouts and history.</summary>
internal static class DeploymentController
{
    private const string Name = "deployment-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var deployments = context.Informer<V1Deployment>();
        var sets = context.Informer<V1ReplicaSet>();
        var pods = context.Informer<V1Pod>();
        var reconciler = new DeploymentReconciler(
            context.ClientFor(Name), deployments, sets, pods, context.RecorderFor(Name), context.Time);
        return context.Loop(Name, reconciler)
            .For(deployments)
            .Owns(sets, ObjectType<V1Deployment>.Gvk)
            .Watches(sets, set => Adopters(deployments, set))
            .Watches(pods, (_, old, current) => current is null && old is not null ? RecreatersOf(deployments, sets, old) : []);
    }

    // A set nobody manages may be one a deployment wants back.
    private static IEnumerable<ObjectKey> Adopters(Informer<V1Deployment> deployments, V1ReplicaSet set)
        => set.ControllerRef() is null
            ? deployments.ByNamespace[set.Metadata.NamespaceProperty ?? ""]
                .Where(deployment => LabelSelector.Of(deployment.Spec.Selector)?.Matches(set.Metadata.Labels) == true)
                .Select(static deployment => deployment.Key())
            : [];

    // The end of the last old pod is what a Recreate rollout waits for.
    private static IEnumerable<ObjectKey> RecreatersOf(
        Informer<V1Deployment> deployments, Informer<V1ReplicaSet> sets, V1Pod pod)
    {
        var podNamespace = pod.Metadata.NamespaceProperty ?? "";
        var set = pod.ControllerRef() is { Kind: "ReplicaSet" } setRef ? sets.Find(new ObjectKey(podNamespace, setRef.Name)) : null;
        var key = set?.ControllerRef() is { Kind: "Deployment" } reference ? new ObjectKey(podNamespace, reference.Name) : default;
        return key != default && deployments.Find(key) is { } found && !found.IsRollingUpdate() ? [key] : [];
    }
}
