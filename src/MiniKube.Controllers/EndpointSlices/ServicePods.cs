using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Which pods stand behind which services.</summary>
internal static class ServicePods
{
    /// <summary>A service whose endpoints follow from its selector. Others are somebody else's business.</summary>
    public static bool IsSelecting(this V1Service service)
        => service.Spec.Selector is { Count: > 0 } && service.Spec.Type != "ExternalName";

    public static bool IsHeadless(this V1Service service) => service.Spec.ClusterIP == "None";

    /// <summary>Pods that have an address and may still answer; pods that are shutting down are among them.</summary>
    public static List<V1Pod> Of(V1Service service, Informer<V1Pod> pods)
    {
        var selector = LabelSelector.Of(service.Spec.Selector);
        return [.. pods.ByNamespace[service.Metadata.NamespaceProperty]
            .Where(pod => !pod.IsFinished() && !string.IsNullOrEmpty(pod.Status?.PodIP) && selector.Matches(pod.Metadata.Labels))
            .OrderBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)];
    }

    /// <summary>The services a change of a pod concerns: none when nothing changed that endpoints show.</summary>
    public static IEnumerable<ObjectKey> Affected(Informer<V1Service> services, V1Pod? old, V1Pod? current)
    {
        var any = current ?? old;
        if (any is null || (old is not null && current is not null && !Matters(old, current)))
        {
            return [];
        }

        return services.ByNamespace[any.Metadata.NamespaceProperty]
            .Where(service => service.IsSelecting() && (Selects(service, old) || Selects(service, current)))
            .Select(static service => service.Key());
    }

    /// <summary>The name DNS knows the pod by under the service; null for a pod that asks for none there.</summary>
    public static string? HostnameOf(V1Service service, V1Pod pod)
        => !string.IsNullOrEmpty(pod.Spec.Hostname) && pod.Spec.Subdomain == service.Metadata.Name ? pod.Spec.Hostname : null;

    /// <summary>The number a service's port has on a pod; null when the pod has no port of that name.</summary>
    public static int? PortOn(V1Pod pod, V1ServicePort port)
    {
        var target = port.TargetPort?.Value;
        if (string.IsNullOrEmpty(target))
        {
            return port.Port;
        }

        if (int.TryParse(target, System.Globalization.CultureInfo.InvariantCulture, out var number))
        {
            return number == 0 ? port.Port : number;
        }

        return pod.Spec.Containers.Concat((pod.Spec.InitContainers ?? []).Where(static one => one.RestartPolicy == "Always"))
            .SelectMany(static container => container.Ports ?? [])
            .FirstOrDefault(one => one.Name == target && (one.Protocol ?? "TCP") == (port.Protocol ?? "TCP"))?.ContainerPort;
    }

    private static bool Selects(V1Service service, V1Pod? pod)
        => pod is not null && LabelSelector.Of(service.Spec.Selector).Matches(pod.Metadata.Labels);

    private static bool Matters(V1Pod old, V1Pod current)
        => old.Metadata.Uid != current.Metadata.Uid
            || old.IsDeleting() != current.IsDeleting()
            || old.IsFinished() != current.IsFinished()
            || old.IsReady() != current.IsReady()
            || old.Status?.PodIP != current.Status?.PodIP
            || old.Spec.NodeName != current.Spec.NodeName
            || !Same.Labels(old, current);
}
