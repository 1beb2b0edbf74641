using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>How <c>kubectl get services</c> words a service.</summary>
internal static class ServiceTexts
{
    /// <summary><c>80:30080/TCP,443/TCP</c>.</summary>
    public static string? Ports(V1Service service)
    {
        var ports = service.Spec.Ports ?? [];
        return ports.Count == 0 ? null : string.Join(",", ports.Select(Port));
    }

    /// <summary>Where the service is reached from outside the cluster.</summary>
    public static string? ExternalAddress(V1Service service)
    {
        var given = service.Spec.ExternalIPs ?? [];
        return service.Spec.Type switch
        {
            "ExternalName" => service.Spec.ExternalName,
            "LoadBalancer" => Joined([.. BalancerAddresses(service), .. given]) ?? "<pending>",
            _ => Joined(given),
        };
    }

    /// <summary><c>app=web,tier=front</c>.</summary>
    public static string? Selector(V1Service service)
        => service.Spec.Selector is { Count: > 0 } selector ? LabelSelector.Of(selector).ToString() : null;

    private static string Port(V1ServicePort port)
        => port.NodePort > 0 ? $"{port.Port}:{port.NodePort}/{port.Protocol}" : $"{port.Port}/{port.Protocol}";

    private static IEnumerable<string> BalancerAddresses(V1Service service)
        => (service.Status?.LoadBalancer?.Ingress ?? [])
            .Select(ingress => string.IsNullOrEmpty(ingress.Ip) ? ingress.Hostname : ingress.Ip)
            .Where(address => !string.IsNullOrEmpty(address))
            .Distinct()
            .Order(StringComparer.Ordinal);

    private static string? Joined(IList<string> addresses) => addresses.Count == 0 ? null : string.Join(",", addresses);
}
