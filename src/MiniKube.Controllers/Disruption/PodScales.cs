using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>How many pods there should be of those a budget is about: what their owners' <c>replicas</c> say.</summary>
internal sealed class PodScales(
    Informer<V1Deployment> deployments, Informer<V1ReplicaSet> replicaSets, Informer<V1StatefulSet> statefulSets)
{
    /// <summary>The sum over all owners. Pods nobody manages are left out, as in Kubernetes.</summary>
    public WantedScale Of(IEnumerable<V1Pod> pods)
    {
        var total = 0;
        foreach (var (space, owner) in pods
            .Where(static pod => pod.ControllerRef() is not null)
            .Select(static pod => (pod.Metadata.NamespaceProperty, Owner: pod.ControllerRef()!))
            .DistinctBy(static one => one.Owner.Uid)
            .Select(one => TopOf(one.NamespaceProperty, one.Owner))
            .DistinctBy(static one => one.Owner.Uid))
        {
            if (ScaleOf(space, owner) is not { } replicas)
            {
                return new WantedScale(null, $"{owner.Kind} {space}/{owner.Name} does not implement the scale subresource");
            }

            total += replicas;
        }

        return new WantedScale(total);
    }

    // All replica sets of one deployment are one owner.
    private (string Space, V1OwnerReference Owner) TopOf(string space, V1OwnerReference owner)
        => owner.Kind == "ReplicaSet"
            && replicaSets.Find(new ObjectKey(space, owner.Name)) is { } set
            && set.Metadata.Uid == owner.Uid
            && set.ControllerRef() is { Kind: "Deployment" } above
                ? (space, above)
                : (space, owner);

    // An owner that is gone wants no pods.
    private int? ScaleOf(string space, V1OwnerReference owner)
    {
        var key = new ObjectKey(space, owner.Name);
        return owner.Kind switch
        {
            "Deployment" => deployments.Find(key) is { } one && one.Metadata.Uid == owner.Uid ? one.Spec.Replicas ?? 1 : 0,
            "ReplicaSet" => replicaSets.Find(key) is { } one && one.Metadata.Uid == owner.Uid ? one.Spec.Replicas ?? 1 : 0,
            "StatefulSet" => statefulSets.Find(key) is { } one && one.Metadata.Uid == owner.Uid ? one.Spec.Replicas ?? 1 : 0,
            _ => null,
        };
    }
}
