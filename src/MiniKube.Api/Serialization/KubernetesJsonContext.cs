using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// Generated serializers of every kind we store and every body we read or write. A new kind adds a line; its list
/// type is not needed, lists are streamed.
/// </summary>
[JsonSourceGenerationOptions(
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(V1Status))]
[JsonSerializable(typeof(V1DeleteOptions))]
[JsonSerializable(typeof(V1Binding))]
[JsonSerializable(typeof(V1Scale))]
[JsonSerializable(typeof(V1LabelSelector))]
[JsonSerializable(typeof(V1Namespace))]
[JsonSerializable(typeof(V1Node))]
[JsonSerializable(typeof(V1Pod))]
[JsonSerializable(typeof(V1ConfigMap))]
[JsonSerializable(typeof(V1Secret))]
[JsonSerializable(typeof(V1Service))]
[JsonSerializable(typeof(V1ServiceAccount))]
[JsonSerializable(typeof(V1Endpoints))]
[JsonSerializable(typeof(V1EndpointSlice))]
[JsonSerializable(typeof(Corev1Event))]
[JsonSerializable(typeof(V1Lease))]
[JsonSerializable(typeof(V1CertificateSigningRequest))]
[JsonSerializable(typeof(V1Deployment))]
[JsonSerializable(typeof(V1ReplicaSet))]
[JsonSerializable(typeof(V1StatefulSet))]
[JsonSerializable(typeof(V1DaemonSet))]
[JsonSerializable(typeof(V1ControllerRevision))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(V1PodDisruptionBudget))]
[JsonSerializable(typeof(V1Role))]
[JsonSerializable(typeof(V1RoleBinding))]
[JsonSerializable(typeof(V1ClusterRole))]
[JsonSerializable(typeof(V1ClusterRoleBinding))]
[JsonSerializable(typeof(V1Eviction))]
[JsonSerializable(typeof(Authenticationv1TokenRequest))]
[JsonSerializable(typeof(V1SelfSubjectReview))]
[JsonSerializable(typeof(V1TokenReview))]
[JsonSerializable(typeof(V1LocalSubjectAccessReview))]
[JsonSerializable(typeof(V1SelfSubjectAccessReview))]
[JsonSerializable(typeof(V1SelfSubjectRulesReview))]
[JsonSerializable(typeof(V1SubjectAccessReview))]
[JsonSerializable(typeof(V1LimitRange))]
[JsonSerializable(typeof(V1PersistentVolumeClaim))]
[JsonSerializable(typeof(V1PersistentVolume))]
[JsonSerializable(typeof(V1PodTemplate))]
[JsonSerializable(typeof(V1ReplicationController))]
[JsonSerializable(typeof(V1ResourceQuota))]
[JsonSerializable(typeof(V2HorizontalPodAutoscaler))]
[JsonSerializable(typeof(V1CronJob))]
[JsonSerializable(typeof(V1Job))]
[JsonSerializable(typeof(V1IngressClass))]
[JsonSerializable(typeof(V1Ingress))]
[JsonSerializable(typeof(V1NetworkPolicy))]
[JsonSerializable(typeof(V1RuntimeClass))]
[JsonSerializable(typeof(V1PriorityClass))]
[JsonSerializable(typeof(V1CSIDriver))]
[JsonSerializable(typeof(V1CSINode))]
[JsonSerializable(typeof(V1CSIStorageCapacity))]
[JsonSerializable(typeof(V1StorageClass))]
[JsonSerializable(typeof(V1VolumeAttachment))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
