using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Node;

/// <summary>Reads what a pod's environment and volumes are made of. The references must have been acquired.</summary>
internal sealed class PodSources(PodWorkerContext context)
{
    public async Task<EnvironmentSources> ReadAsync(V1Pod pod, string podIp, CancellationToken cancellationToken)
    {
        var references = PodReferences.Of(pod);
        var maps = new Dictionary<string, V1ConfigMap?>(StringComparer.Ordinal);
        foreach (var key in references.ConfigMaps)
        {
            maps[key.Name] = await context.ConfigMaps.FindAsync(key, cancellationToken);
        }

        var secrets = new Dictionary<string, V1Secret?>(StringComparer.Ordinal);
        foreach (var key in references.Secrets)
        {
            secrets[key.Name] = await context.Secrets.FindAsync(key, cancellationToken);
        }

        var services = ServiceEnvironment.Of(
            context.Services.All, pod.Metadata.NamespaceProperty, links: pod.Spec.EnableServiceLinks != false);
        return new EnvironmentSources
        {
            Pod = pod,
            Addresses = new NodeAddresses(context.Options.NodeIp.ToString(), podIp),
            Node = context.Resources,
            ConfigMap = maps.GetValueOrDefault,
            Secret = secrets.GetValueOrDefault,
            Services = services,
        };
    }
}
