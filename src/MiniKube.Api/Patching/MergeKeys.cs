using System.Collections.Frozen;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>How a strategic merge patch treats a list or map.</summary>
/// <param name="Key">The field that tells list elements apart; null for lists of plain values that merge as sets.</param>
/// <param name="RetainKeys">The patch may name the keys that stay (<c>$retainKeys</c>): unions such as volume sources.</param>
public sealed record MergeStrategy(string? Key, bool RetainKeys = false);

/// <summary>
/// Which fields of which models merge, and by which key: the <c>patchStrategy</c> and <c>patchMergeKey</c> facts of the
/// Kubernetes API reference. A list that is not here is replaced whole.
/// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
/// </summary>
public static class MergeKeys
{
    private static readonly MergeStrategy Set = new(Key: null);

    private static readonly FrozenDictionary<(Type Model, string Field), MergeStrategy> Table =
        new Dictionary<(Type, string), MergeStrategy>
        {
            [(typeof(V1ObjectMeta), "ownerReferences")] = new("uid"),
            [(typeof(V1ObjectMeta), "finalizers")] = Set,
            [(typeof(V1PodSpec), "volumes")] = new("name", RetainKeys: true),
            [(typeof(V1PodSpec), "containers")] = new("name"),
            [(typeof(V1PodSpec), "initContainers")] = new("name"),
            [(typeof(V1PodSpec), "ephemeralContainers")] = new("name"),
            [(typeof(V1PodSpec), "imagePullSecrets")] = new("name"),
            [(typeof(V1PodSpec), "hostAliases")] = new("ip"),
            [(typeof(V1PodSpec), "topologySpreadConstraints")] = new("topologyKey"),
            [(typeof(V1PodSpec), "resourceClaims")] = new("name", RetainKeys: true),
            [(typeof(V1PodSpec), "schedulingGates")] = new("name"),
            [(typeof(V1Container), "ports")] = new("containerPort"),
            [(typeof(V1Container), "env")] = new("name"),
            [(typeof(V1Container), "volumeMounts")] = new("mountPath"),
            [(typeof(V1Container), "volumeDevices")] = new("devicePath"),
            [(typeof(V1EphemeralContainer), "ports")] = new("containerPort"),
            [(typeof(V1EphemeralContainer), "env")] = new("name"),
            [(typeof(V1EphemeralContainer), "volumeMounts")] = new("mountPath"),
            [(typeof(V1EphemeralContainer), "volumeDevices")] = new("devicePath"),
            [(typeof(V1PodStatus), "conditions")] = new("type"),
            [(typeof(V1PodStatus), "podIPs")] = new("ip"),
            [(typeof(V1PodStatus), "hostIPs")] = new("ip"),
            [(typeof(V1PodStatus), "resourceClaimStatuses")] = new("name", RetainKeys: true),
            [(typeof(V1ServiceSpec), "ports")] = new("port"),
            [(typeof(V1ServiceStatus), "conditions")] = new("type"),
            [(typeof(V1ServiceAccount), "secrets")] = new("name"),
            [(typeof(V1NodeSpec), "podCIDRs")] = Set,
            [(typeof(V1NodeStatus), "conditions")] = new("type"),
            [(typeof(V1NodeStatus), "addresses")] = new("type"),
            [(typeof(V1NamespaceStatus), "conditions")] = new("type"),
            [(typeof(V1DeploymentSpec), "strategy")] = new(Key: null, RetainKeys: true),
            [(typeof(V1DeploymentStatus), "conditions")] = new("type"),
            [(typeof(V1ReplicaSetStatus), "conditions")] = new("type"),
            [(typeof(V1StatefulSetStatus), "conditions")] = new("type"),
            [(typeof(V1DaemonSetStatus), "conditions")] = new("type"),
            [(typeof(V1MutatingWebhookConfiguration), "webhooks")] = new("name"),
            [(typeof(V1MutatingWebhook), "matchConditions")] = new("name"),
            [(typeof(V1ValidatingWebhookConfiguration), "webhooks")] = new("name"),
            [(typeof(V1ValidatingWebhook), "matchConditions")] = new("name"),
            [(typeof(V1ValidatingAdmissionPolicySpec), "matchConditions")] = new("name"),
            [(typeof(V1ValidatingAdmissionPolicySpec), "variables")] = new("name"),
            [(typeof(V1MutatingAdmissionPolicySpec), "matchConditions")] = new("name"),
        }.ToFrozenDictionary();

    /// <summary>The strategy of a model's field, or null when the field is replaced whole (lists) or merged plainly (maps).</summary>
    public static MergeStrategy? Find(Type model, string jsonField) => Table.GetValueOrDefault((model, jsonField));
}
