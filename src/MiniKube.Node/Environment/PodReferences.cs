using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Node;

/// <summary>Which ConfigMaps and Secrets a pod refers to, from its volumes and environments. Pure.</summary>
internal sealed record PodReferences(IReadOnlySet<ObjectKey> ConfigMaps, IReadOnlySet<ObjectKey> Secrets)
{
    public static PodReferences Of(V1Pod pod)
    {
        var containers = PodContainer.Of(pod).Select(container => container.Spec).ToList();
        var variables = containers.SelectMany(container => container.Env ?? []).Select(one => one.ValueFrom).ToList();
        var bulk = containers.SelectMany(container => container.EnvFrom ?? []).ToList();
        var volumes = pod.Spec.Volumes ?? [];
        var projected = volumes.SelectMany(volume => volume.Projected?.Sources ?? []).ToList();
        return new PodReferences(
            Keys(pod,
                variables.Select(one => one?.ConfigMapKeyRef?.Name),
                bulk.Select(one => one.ConfigMapRef?.Name),
                volumes.Select(one => one.ConfigMap?.Name),
                projected.Select(one => one.ConfigMap?.Name)),
            Keys(pod,
                variables.Select(one => one?.SecretKeyRef?.Name),
                bulk.Select(one => one.SecretRef?.Name),
                volumes.Select(one => one.Secret?.SecretName),
                projected.Select(one => one.Secret?.Name)));
    }

    private static HashSet<ObjectKey> Keys(V1Pod pod, params IEnumerable<string?>[] names)
        => [.. names.SelectMany(some => some)
            .Where(name => !string.IsNullOrEmpty(name))
            .Select(name => new ObjectKey(pod.Metadata.NamespaceProperty, name!))];
}
