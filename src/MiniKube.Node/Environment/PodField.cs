using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Node;

/// <summary>
/// What a pod knows of itself, by the paths of <c>fieldRef</c>.
/// https://kubernetes.io/docs/concepts/workloads/pods/downward-api/
/// </summary>
internal static class PodField
{
    /// <summary>The value, empty when the pod has none; null when the path is not one a pod can refer to.</summary>
    public static string? Read(V1Pod pod, string path, NodeAddresses addresses) => path switch
    {
        "metadata.name" => pod.Metadata.Name,
        "metadata.namespace" => pod.Metadata.NamespaceProperty,
        "metadata.uid" => pod.Metadata.Uid,
        "metadata.labels" => Lines(pod.Metadata.Labels),
        "metadata.annotations" => Lines(pod.Metadata.Annotations),
        "spec.nodeName" => pod.Spec.NodeName ?? "",
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "",
        "status.hostIP" or "status.hostIPs" => addresses.NodeIp,
        "status.podIP" or "status.podIPs" => addresses.PodIp,
        _ => Subscript(pod, path),
    };

    private static string? Subscript(V1Pod pod, string path)
    {
        if (!path.EndsWith("']", StringComparison.Ordinal))
        {
            return null;
        }

        return Of("metadata.labels['", pod.Metadata.Labels) ?? Of("metadata.annotations['", pod.Metadata.Annotations);

        string? Of(string prefix, IDictionary<string, string>? map)
            => path.StartsWith(prefix, StringComparison.Ordinal)
                ? map is not null && map.TryGetValue(path[prefix.Length..^2], out var value) ? value : ""
                : null;
    }

    // key="escaped value", one a line, sorted: the format of downward API files.
    private static string Lines(IDictionary<string, string>? map)
        => string.Join('\n', (map ?? new Dictionary<string, string>())
            .OrderBy(one => one.Key, StringComparer.Ordinal)
            .Select(one => $"{one.Key}=\"{one.Value.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\""));
}

/// <summary>The addresses a pod may refer to; the pod's is empty until its sandbox is there.</summary>
internal sealed record NodeAddresses(string NodeIp, string PodIp);
