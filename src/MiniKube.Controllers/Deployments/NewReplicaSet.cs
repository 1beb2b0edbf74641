using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>The replica set a deployment needs for its present template.</summary>
internal static class NewReplicaSet
{
    public static V1ReplicaSet For(V1Deployment deployment, DeploymentSets sets)
    {
        var hash = TemplateHash.Of(deployment.Spec.Template, deployment.Status?.CollisionCount ?? 0);
        var template = deployment.Spec.Template;
        var labels = With(template.Metadata?.Labels, hash);
        var selector = deployment.Spec.Selector;
        return new V1ReplicaSet
        {
            ApiVersion = "apps/v1",
            Kind = "ReplicaSet",
            Metadata = new V1ObjectMeta
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                NamespaceProperty = deployment.Metadata.NamespaceProperty,
                Labels = labels,
                Annotations = DeploymentAnnotations.ForNewSet(deployment, existing: null, sets.NextRevision),
                OwnerReferences = [ObjectType<V1Deployment>.ControllerRefTo(deployment)],
            },
            Spec = new V1ReplicaSetSpec
            {
                Replicas = RolloutPlanner.SizeOfNew(deployment, sets, current: 0),
                MinReadySeconds = deployment.Spec.MinReadySeconds,
                Selector = selector with { MatchLabels = With(selector.MatchLabels, hash) },
                Template = template with { Metadata = (template.Metadata ?? new V1ObjectMeta()) with { Labels = labels } },
            },
        };
    }

    private static Dictionary<string, string> With(IDictionary<string, string>? labels, string hash)
        => new(labels ?? new Dictionary<string, string>()) { [TemplateHash.Label] = hash };
}
