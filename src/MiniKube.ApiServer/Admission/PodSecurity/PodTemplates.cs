using k8s;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>The pods that workloads make.</summary>
internal static class PodTemplates
{
    /// <summary>The template in the object, or null when its kind has none.</summary>
    public static V1PodTemplateSpec? Of(IKubernetesObject<V1ObjectMeta> item) => item switch
    {
        V1Deployment { Spec: { } spec } => spec.Template,
        V1ReplicaSet { Spec: { } spec } => spec.Template,
        V1StatefulSet { Spec: { } spec } => spec.Template,
        V1DaemonSet { Spec: { } spec } => spec.Template,
        V1ReplicationController { Spec: { } spec } => spec.Template,
        V1Job { Spec: { } spec } => spec.Template,
        V1CronJob { Spec.JobTemplate.Spec: { } spec } => spec.Template,
        V1PodTemplate template => template.Template,
        _ => null,
    };
}
