using k8s.Models;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Turns a pod into the sandbox the runtime makes for it. Pure.</summary>
internal static class SandboxSpecs
{
    // Linux takes no longer host names.
    private const int HostnameMax = 63;

    public static SandboxSpec Of(V1Pod pod, int attempt, string nodeName) => new()
    {
        Id = SandboxName.Of(pod.Metadata.Uid, attempt),
        Pod = IdentityOf(pod),
        Hostname = pod.Spec.HostNetwork == true ? nodeName : HostnameOf(pod),
        HostNetwork = pod.Spec.HostNetwork == true,
        HostPid = pod.Spec.HostPID == true,
        HostIpc = pod.Spec.HostIPC == true,
        ShareProcessNamespace = pod.Spec.ShareProcessNamespace == true,
        HostPorts = pod.Spec.HostNetwork == true ? [] : [.. HostPortsOf(pod)],
        Sysctls = (pod.Spec.SecurityContext?.Sysctls ?? []).ToDictionary(one => one.Name, one => one.Value),
        Annotations = (pod.Metadata.Annotations ?? new Dictionary<string, string>()).ToDictionary(),
    };

    public static PodIdentity IdentityOf(V1Pod pod)
        => new(new ObjectKey(pod.Metadata.NamespaceProperty, pod.Metadata.Name), pod.Metadata.Uid);

    /// <summary>The pod's host name: its own, or its name, cut to what Linux takes.</summary>
    public static string HostnameOf(V1Pod pod)
    {
        var name = pod.Spec.HostnameOverride ?? pod.Spec.Hostname ?? pod.Metadata.Name;
        return name.Length <= HostnameMax ? name : name[..HostnameMax].TrimEnd('-', '.');
    }

    private static IEnumerable<HostPort> HostPortsOf(V1Pod pod)
        => PodContainer.Of(pod)
            .SelectMany(container => container.Spec.Ports ?? [])
            .Where(port => port.HostPort > 0)
            .Select(port => new HostPort(port.Protocol ?? "TCP", port.HostIP, port.HostPort!.Value, port.ContainerPort));
}
