using System.Collections.Frozen;
using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>Whom parts of a value belong to: <c>x-kubernetes-list-type</c> and <c>x-kubernetes-map-type</c>.</summary>
public enum Topology
{
    /// <summary>The value is one whole; what lists are unless something else is said.</summary>
    Atomic,

    /// <summary>Each element or field is by itself; what objects and maps are unless something else is said.</summary>
    Granular,

    /// <summary>A list of plain values, each once.</summary>
    Set,

    /// <summary>A list of objects told apart by keys.</summary>
    Keyed,
}

/// <summary>A key of a list's elements, and the JSON of the value it has where an element leaves it out; null for none.</summary>
public sealed record ListKey(string Name, string? Default = null);

/// <summary>How a field is owned and merged by server-side apply.</summary>
/// <param name="Topology">The list's or map's type.</param>
/// <param name="Keys">For <see cref="Topology.Keyed"/>, in the order of the API reference.</param>
public sealed record FieldTopology(Topology Topology, ImmutableArray<ListKey> Keys)
{
    private static readonly FieldTopology Set = new(Topology.Set, []);
    private static readonly FieldTopology Whole = new(Topology.Atomic, []);
    private static readonly FieldTopology Parts = new(Topology.Granular, []);
    private static readonly FieldTopology ByName = Keyed("name");
    private static readonly FieldTopology ByType = Keyed("type");

    /// <summary>
    /// The facts of the published API that strategic merge has no use for, or has other ones for. Conditions are told apart by type
    /// except those of Jobs.
    /// </summary>
    private static readonly FrozenDictionary<(Type Model, string Field), FieldTopology> Table =
        new Dictionary<(Type, string), FieldTopology>
        {
            [(typeof(V1ObjectMeta), "finalizers")] = Set,
            [(typeof(V1ObjectMeta), "ownerReferences")] = Keyed("uid"),
            [(typeof(V1PodSpec), "containers")] = ByName,
            [(typeof(V1PodSpec), "initContainers")] = ByName,
            [(typeof(V1PodSpec), "ephemeralContainers")] = ByName,
            [(typeof(V1PodSpec), "volumes")] = ByName,
            [(typeof(V1PodSpec), "imagePullSecrets")] = ByName,
            [(typeof(V1PodSpec), "resourceClaims")] = ByName,
            [(typeof(V1PodSpec), "schedulingGates")] = ByName,
            [(typeof(V1PodSpec), "hostAliases")] = Keyed("ip"),
            [(typeof(V1PodSpec), "topologySpreadConstraints")] = new(Topology.Keyed, [new("topologyKey"), new("whenUnsatisfiable")]),
            [(typeof(V1PodSpec), "nodeSelector")] = Whole,
            [(typeof(V1Container), "ports")] = Ports("containerPort"),
            [(typeof(V1Container), "env")] = ByName,
            [(typeof(V1Container), "volumeMounts")] = Keyed("mountPath"),
            [(typeof(V1Container), "volumeDevices")] = Keyed("devicePath"),
            [(typeof(V1EphemeralContainer), "ports")] = Ports("containerPort"),
            [(typeof(V1EphemeralContainer), "env")] = ByName,
            [(typeof(V1EphemeralContainer), "volumeMounts")] = Keyed("mountPath"),
            [(typeof(V1EphemeralContainer), "volumeDevices")] = Keyed("devicePath"),
            [(typeof(V1ResourceRequirements), "claims")] = ByName,
            [(typeof(V1PodStatus), "conditions")] = ByType,
            [(typeof(V1PodStatus), "podIPs")] = Keyed("ip"),
            [(typeof(V1PodStatus), "resourceClaimStatuses")] = ByName,
            [(typeof(V1ContainerStatus), "volumeMounts")] = Keyed("mountPath"),
            [(typeof(V1ContainerStatus), "allocatedResourcesStatus")] = ByName,
            [(typeof(V1ServiceSpec), "ports")] = Ports("port"),
            [(typeof(V1ServiceSpec), "selector")] = Whole,
            [(typeof(V1ServiceStatus), "conditions")] = ByType,
            [(typeof(V1ServiceAccount), "secrets")] = ByName,
            [(typeof(V1NodeSpec), "podCIDRs")] = Set,
            [(typeof(V1NodeStatus), "conditions")] = ByType,
            [(typeof(V1NodeStatus), "addresses")] = ByType,
            [(typeof(V1NamespaceStatus), "conditions")] = ByType,
            [(typeof(V1PersistentVolumeSpec), "claimRef")] = Parts,
            [(typeof(V1PersistentVolumeClaimStatus), "conditions")] = ByType,
            [(typeof(V1ReplicationControllerSpec), "selector")] = Whole,
            [(typeof(V1ReplicationControllerStatus), "conditions")] = ByType,
            [(typeof(V1DeploymentStatus), "conditions")] = ByType,
            [(typeof(V1ReplicaSetStatus), "conditions")] = ByType,
            [(typeof(V1StatefulSetStatus), "conditions")] = ByType,
            [(typeof(V1DaemonSetStatus), "conditions")] = ByType,
            [(typeof(V1PodFailurePolicyOnExitCodesRequirement), "values")] = Set,
            [(typeof(V1UncountedTerminatedPods), "failed")] = Set,
            [(typeof(V1UncountedTerminatedPods), "succeeded")] = Set,
            [(typeof(V2HorizontalPodAutoscalerStatus), "conditions")] = ByType,
            [(typeof(V1PodDisruptionBudgetStatus), "conditions")] = ByType,
            [(typeof(V1CertificateSigningRequestStatus), "conditions")] = ByType,
            [(typeof(V1Scheduling), "nodeSelector")] = Whole,
            [(typeof(V1CSINodeSpec), "drivers")] = ByName,
            [(typeof(V1CSIDriverSpec), "volumeLifecycleModes")] = Set,
            [(typeof(V1Endpoint), "addresses")] = Set,
            [(typeof(V1CustomResourceDefinitionStatus), "conditions")] = ByType,
            [(typeof(V1APIServiceStatus), "conditions")] = ByType,
            [(typeof(V1MutatingWebhookConfiguration), "webhooks")] = ByName,
            [(typeof(V1MutatingWebhook), "matchConditions")] = ByName,
            [(typeof(V1ValidatingWebhookConfiguration), "webhooks")] = ByName,
            [(typeof(V1ValidatingWebhook), "matchConditions")] = ByName,
            [(typeof(V1ValidatingAdmissionPolicySpec), "matchConditions")] = ByName,
            [(typeof(V1MutatingAdmissionPolicySpec), "matchConditions")] = ByName,
            [(typeof(V1ValidatingAdmissionPolicySpec), "variables")] = ByName,
            [(typeof(V1ValidatingAdmissionPolicyStatus), "conditions")] = ByType,
            [(typeof(V1FlowSchemaStatus), "conditions")] = ByType,
            [(typeof(V1PriorityLevelConfigurationStatus), "conditions")] = ByType,
        }.ToFrozenDictionary();

    // x-kubernetes-map-type: atomic, on the type itself.
    private static readonly FrozenSet<Type> WholeTypes = new[]
    {
        typeof(V1LabelSelector), typeof(V1NodeSelector), typeof(V1NodeSelectorTerm), typeof(V1ObjectReference),
        typeof(V1LocalObjectReference), typeof(V1TypedLocalObjectReference), typeof(V1SecretReference), typeof(V1SecretKeySelector),
        typeof(V1ConfigMapKeySelector),
        typeof(V1ObjectFieldSelector), typeof(V1ResourceFieldSelector), typeof(V1OwnerReference), typeof(V1ScopeSelector),
        typeof(V1ScopedResourceSelectorRequirement), typeof(V1TopologySelectorTerm), typeof(V2CrossVersionObjectReference),
        typeof(V1CrossVersionObjectReference), typeof(V1RoleRef), typeof(Rbacv1Subject), typeof(V1ParamRef),
        typeof(V1NamedRuleWithOperations), typeof(V1MatchResources),
    }.ToFrozenSet();

    /// <summary>What is said about the field, or null.</summary>
    public static FieldTopology? Find(Type model, string jsonField) => Table.GetValueOrDefault((model, jsonField));

    /// <summary>True for types whose values are owned as a whole wherever they stand.</summary>
    public static bool IsWhole(Type model) => WholeTypes.Contains(model);

    private static FieldTopology Keyed(string key) => new(Topology.Keyed, [new(key)]);

    private static FieldTopology Ports(string number) => new(Topology.Keyed, [new(number), new("protocol", "\"TCP\"")]);
}
