using System.Collections.Frozen;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube;

/// <summary>Which kinds take a strategic merge patch: those whose model tells how their lists merge.</summary>
internal static class PatchModels
{
    private static readonly FrozenDictionary<Gvk, Type> Models = new Dictionary<Gvk, Type>
    {
        [new Gvk("", "v1", "ConfigMap")] = typeof(V1ConfigMap),
        [new Gvk("", "v1", "Endpoints")] = typeof(V1Endpoints),
        [new Gvk("", "v1", "Namespace")] = typeof(V1Namespace),
        [new Gvk("", "v1", "Node")] = typeof(V1Node),
        [new Gvk("", "v1", "Pod")] = typeof(V1Pod),
        [new Gvk("", "v1", "Secret")] = typeof(V1Secret),
        [new Gvk("", "v1", "Service")] = typeof(V1Service),
        [new Gvk("", "v1", "ServiceAccount")] = typeof(V1ServiceAccount),
        [new Gvk("apps", "v1", "Deployment")] = typeof(V1Deployment),
        [new Gvk("apps", "v1", "ReplicaSet")] = typeof(V1ReplicaSet),
        [new Gvk("coordination.k8s.io", "v1", "Lease")] = typeof(V1Lease),
        [new Gvk("discovery.k8s.io", "v1", "EndpointSlice")] = typeof(V1EndpointSlice),
    }.ToFrozenDictionary();

    /// <summary>How the kind's lists merge; null when only a JSON merge patch will do.</summary>
    public static PatchSchema? Find(Gvk kind) => Models.TryGetValue(kind, out var model) ? PatchSchema.Of(model) : null;
}
