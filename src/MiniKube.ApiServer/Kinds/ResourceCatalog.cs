using System.Collections.Immutable;

namespace MiniKube.ApiServer;

/// <summary>The kinds this server has.</summary>
internal static class ResourceCatalog
{
    /// <summary>Every built-in kind, in discovery order. Adding a kind is one class and one line here.</summary>
    public static ImmutableArray<ResourceDefinition> BuiltIn { get; } =
    [
        new ConfigMapResource(),
        new EndpointsResource(),
        new EventResource(),
        new NamespaceResource(),
        new NodeResource(),
        new PodResource(),
        new SecretResource(),
        new ServiceAccountResource(),
        new ServiceResource(),
        new ControllerRevisionResource(),
        new DaemonSetResource(),
        new DeploymentResource(),
        new ReplicaSetResource(),
        new StatefulSetResource(),
        new CertificateSigningRequestResource(),
        new LeaseResource(),
        new EndpointSliceResource(),
        new PodDisruptionBudgetResource(),
        new ClusterRoleResource(),
        new ClusterRoleBindingResource(),
        new RoleResource(),
        new RoleBindingResource(),
    ];
}
