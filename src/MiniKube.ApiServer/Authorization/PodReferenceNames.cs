using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>The names of the Secrets and ConfigMaps a pod refers to, in every place it can. Pure.</summary>
internal static class PodReferenceNames
{
    public static IEnumerable<string?> Secrets(V1PodSpec spec)
    {
        foreach (var pull in spec.ImagePullSecrets ?? [])
        {
            yield return pull.Name;
        }

        foreach (var environment in Environments(spec))
        {
            foreach (var source in environment.EnvFrom ?? [])
            {
                yield return source.SecretRef?.Name;
            }

            foreach (var variable in environment.Env ?? [])
            {
                yield return variable.ValueFrom?.SecretKeyRef?.Name;
            }
        }

        foreach (var volume in spec.Volumes ?? [])
        {
            yield return volume.Secret?.SecretName;
            yield return volume.Csi?.NodePublishSecretRef?.Name;
            foreach (var source in volume.Projected?.Sources ?? [])
            {
                yield return source.Secret?.Name;
            }
        }
    }

    public static IEnumerable<string?> ConfigMaps(V1PodSpec spec)
    {
        foreach (var environment in Environments(spec))
        {
            foreach (var source in environment.EnvFrom ?? [])
            {
                yield return source.ConfigMapRef?.Name;
            }

            foreach (var variable in environment.Env ?? [])
            {
                yield return variable.ValueFrom?.ConfigMapKeyRef?.Name;
            }
        }

        foreach (var volume in spec.Volumes ?? [])
        {
            yield return volume.ConfigMap?.Name;
            foreach (var source in volume.Projected?.Sources ?? [])
            {
                yield return source.ConfigMap?.Name;
            }
        }
    }

    private static IEnumerable<(IList<V1EnvFromSource>? EnvFrom, IList<V1EnvVar>? Env)> Environments(V1PodSpec spec)
        => (spec.InitContainers ?? []).Concat(spec.Containers ?? []).Select(static one => (one.EnvFrom, one.Env))
            .Concat((spec.EphemeralContainers ?? []).Select(static one => (one.EnvFrom, one.Env)))!;
}
