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
            Namespaced<V1Role>(context),
            Namespaced<V1RoleBinding>(context),
            new ClusterKind<V1ClusterRole>(context.Informer<V1ClusterRole>()) { IsNamespaced = false },
            new ClusterKind<V1ClusterRoleBinding>(context.Informer<V1ClusterRoleBinding>()) { IsNamespaced = false },
            new ClusterKind<V1Node>(context.Informer<V1Node>()) { IsNamespaced = false },
            new ClusterKind<V1CertificateSigningRequest>(context.Informer<V1CertificateSigningRequest>()) { IsNamespaced = false },
            new ClusterKind<V1Namespace>(context.Informer<V1Namespace>()) { IsNamespaced = false },
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
}
