using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The kinds that namespaces are emptied of and garbage is collected from.</summary>
internal sealed class KindCatalog
{
    private readonly Dictionary<(string Group, string Kind), ClusterKind> _byKind;

    public KindCatalog(ControllerContext context)
    {
        // Events have no owners and expire by themselves; the namespace controller deletes them without a cache.
        All =
        [
            Namespaced<V1Deployment>(context),
            Namespaced<V1ReplicaSet>(context),
            Namespaced<V1StatefulSet>(context),
            Namespaced<V1DaemonSet>(context),
            Namespaced<V1ControllerRevision>(context),
            Namespaced<V1PodDisruptionBudget>(context),
            Namespaced<V1Pod>(context),
            Namespaced<V1Service>(context),
            Namespaced<V1EndpointSlice>(context),
            Namespaced<V1Endpoints>(context),
            Namespaced<V1ConfigMap>(context),
            Namespaced<V1Secret>(context),
            Namespaced<V1ServiceAccount>(context),
            Namespaced<V1Lease>(context),
            Namespaced<V1CronJob>(context),
            Namespaced<V1Job>(context),
            Namespaced<V1ReplicationController>(context),
            Namespaced<V1PodTemplate>(context),
            Namespaced<V2HorizontalPodAutoscaler>(context),
            Namespaced<V1Ingress>(context),
            Namespaced<V1NetworkPolicy>(context),
            Namespaced<V1PersistentVolumeClaim>(context),
            Namespaced<V1LimitRange>(context),
            Namespaced<V1ResourceQuota>(context),
            Namespaced<V1CSIStorageCapacity>(context),
            Namespaced<V1Role>(context),
            Namespaced<V1RoleBinding>(context),
            Clusterwide<V1ClusterRole>(context),
            Clusterwide<V1ClusterRoleBinding>(context),
            Clusterwide<V1Node>(context),
            Clusterwide<V1CertificateSigningRequest>(context),
            Clusterwide<V1IngressClass>(context),
            Clusterwide<V1PriorityClass>(context),
            Clusterwide<V1RuntimeClass>(context),
            Clusterwide<V1StorageClass>(context),
            Clusterwide<V1PersistentVolume>(context),
            Clusterwide<V1VolumeAttachment>(context),
            Clusterwide<V1CSIDriver>(context),
            Clusterwide<V1CSINode>(context),
            Clusterwide<V1Namespace>(context),
        ];
        _byKind = All.ToDictionary(static kind => (kind.Gvk.Group, kind.Gvk.Kind));
    }

    /// <summary>Every kind. Adding one is one line above.</summary>
    public ImmutableArray<ClusterKind> All { get; }

    /// <summary>The kind a reference names, in whatever version; null for one we do not have.</summary>
    public ClusterKind? Find(string apiVersion, string kind) => _byKind.GetValueOrDefault((Gvk.Parse(apiVersion, kind).Group, kind));

    /// <summary>From the caches: everything of any kind that names the owner.</summary>
    public IEnumerable<(ClusterKind Kind, IKubernetesObject<V1ObjectMeta> Item)> OwnedBy(string uid)
        => All.SelectMany(kind => kind.OwnedBy(uid).Select(item => (kind, item)));

    private static ClusterKind<T> Namespaced<T>(ControllerContext context)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => new(context.Informer<T>()) { IsNamespaced = true };

    private static ClusterKind<T> Clusterwide<T>(ControllerContext context)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => new(context.Informer<T>()) { IsNamespaced = false };
}
