using System.Collections.Frozen;
using System.Collections.Immutable;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The kinds that namespaces are emptied of and garbage is collected from: the built-in ones, and custom ones that come and go.
/// Thread-safe.
/// </summary>
internal sealed class KindCatalog
{
    private readonly Lock _gate = new();
    private readonly ImmutableArray<ClusterKind> _builtIn;
    private readonly List<Action<ClusterKind>> _followers = [];
    private Snapshot _current;

    public KindCatalog(ControllerContext context)
    {
        // Events have no owners and expire by themselves; the namespace controller deletes them without a cache.
        _builtIn =
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
        _current = new Snapshot(_builtIn, [], []);
    }

    /// <summary>Every kind there is now. Adding a built-in one is one line above.</summary>
    public ImmutableArray<ClusterKind> All => Volatile.Read(ref _current).All;

    /// <summary>The kind a reference names, in whatever version; null for one we do not have.</summary>
    public ClusterKind? Find(string apiVersion, string kind)
        => Volatile.Read(ref _current).ByKind.GetValueOrDefault((Gvk.Parse(apiVersion, kind).Group, kind));

    /// <summary>True for a custom kind that was here: its objects went before it.</summary>
    public bool IsGone(string apiVersion, string kind)
        => Volatile.Read(ref _current).Gone.Contains((Gvk.Parse(apiVersion, kind).Group, kind));

    /// <summary>From the caches: everything of any kind that names the owner.</summary>
    public IEnumerable<(ClusterKind Kind, IKubernetesObject<V1ObjectMeta> Item)> OwnedBy(string uid)
        => All.SelectMany(kind => kind.OwnedBy(uid).Select(item => (kind, item)));

    /// <summary>Calls back once for every kind that is here and for every one that comes.</summary>
    public void Follow(Action<ClusterKind> found)
    {
        lock (_gate)
        {
            _followers.Add(found);
            foreach (var kind in _current.All)
            {
                found(kind);
            }
        }
    }

    public void Add(ClusterKind kind)
    {
        lock (_gate)
        {
            var before = _current;
            Volatile.Write(ref _current, new Snapshot(
                _builtIn, before.Custom.Add(kind), before.Gone.Remove((kind.Gvk.Group, kind.Gvk.Kind))));
            _followers.ForEach(found => found(kind));
        }
    }

    /// <summary>Takes a custom kind away; <paramref name="isGone"/> when its definition was deleted, and not only changed.</summary>
    public void Remove(ClusterKind kind, bool isGone)
    {
        lock (_gate)
        {
            var before = _current;
            var gone = isGone ? before.Gone.Add((kind.Gvk.Group, kind.Gvk.Kind)) : before.Gone;
            Volatile.Write(ref _current, new Snapshot(_builtIn, before.Custom.Remove(kind), gone));
        }

        if (isGone)
        {
            kind.Forget();
        }
    }

    private static ClusterKind<T> Namespaced<T>(ControllerContext context)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => new(context.Informer<T>(), ObjectType<T>.Gvk, ObjectType<T>.Gvr) { IsNamespaced = true };

    private static ClusterKind<T> Clusterwide<T>(ControllerContext context)
        where T : class, IKubernetesObject<V1ObjectMeta>
        => new(context.Informer<T>(), ObjectType<T>.Gvk, ObjectType<T>.Gvr) { IsNamespaced = false };

    private sealed class Snapshot(
        ImmutableArray<ClusterKind> builtIn, ImmutableArray<ClusterKind> custom, ImmutableHashSet<(string Group, string Kind)> gone)
    {
        public ImmutableArray<ClusterKind> Custom { get; } = custom;

        public ImmutableHashSet<(string Group, string Kind)> Gone { get; } = gone;

        public ImmutableArray<ClusterKind> All { get; } = [.. builtIn, .. custom];

        public FrozenDictionary<(string Group, string Kind), ClusterKind> ByKind { get; } =
            builtIn.Concat(custom).ToFrozenDictionary(static kind => (kind.Gvk.Group, kind.Gvk.Kind));
    }
}
