using k8s.Models;

namespace MiniKube.Node;

/// <summary>How the kubelet's messages name a pod: <c>web_default(UID)</c>.</summary>
internal static class PodNames
{
    public static string Of(V1Pod pod) => $"{pod.Metadata.Name}_{pod.Metadata.NamespaceProperty}({pod.Metadata.Uid})";
}
