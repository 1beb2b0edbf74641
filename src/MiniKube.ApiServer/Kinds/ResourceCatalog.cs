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
        new LimitRangeResource(),
        new NamespaceResource(),
        new NodeResource(),
        new PersistentVolumeClaimResource(),
        new PersistentVolumeResource(),
        new PodResource(),
        new PodTemplateResource(),
        new ReplicationControllerResource(),
        new ResourceQuotaResource(),
        new SecretResource(),
        new ServiceAccountResource(),
        new ServiceResource(),
        new MutatingWebhookConfigurationResource(),
        new ValidatingAdmissionPolicyResource(),
        new ValidatingAdmissionPolicyBindingResource(),
        new ValidatingWebhookConfigurationResource(),
        new ControllerRevisionResource(),
        new DaemonSetResource(),
        new DeploymentResource(),
        new ReplicaSetResource(),
        new StatefulSetResource(),
        new CustomResourceDefinitionResource(),
        new SelfSubjectReviewResource(),
        new TokenReviewResource(),
        new LocalSubjectAccessReviewResource(),
        new SelfSubjectAccessReviewResource(),
        new SelfSubjectRulesReviewResource(),
        new SubjectAccessReviewResource(),
        new HorizontalPodAutoscalerResource(),
        new CronJobResource(),
        new JobResource(),
        new CertificateSigningRequestResource(),
        new LeaseResource(),
        new EndpointSliceResource(),
        new IngressClassResource(),
        new IngressResource(),
        new NetworkPolicyResource(),
        new RuntimeClassResource(),
        new PodDisruptionBudgetResource(),
        new ClusterRoleResource(),
        new ClusterRoleBindingResource(),
        new RoleResource(),
        new RoleBindingResource(),
        new PriorityClassResource(),
        new CsiDriverResource(),
        new CsiNodeResource(),
        new CsiStorageCapacityResource(),
        new StorageClassResource(),
        new VolumeAttachmentResource(),
    ];
}
