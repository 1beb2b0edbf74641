using System.Net;
using System.Net.Sockets;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Endpoints that can share slices: pods whose ports have the same numbers.</summary>
internal sealed record EndpointGroup(List<Discoveryv1EndpointPort> Ports, List<V1Endpoint> Endpoints)
{
    /// <summary>
    /// The groups of a service's pods. Without any pod there is one empty group, and so an empty slice, by which watchers can tell "no
    /// endpoints" from "not looked at yet".
    /// </summary>
    public static List<EndpointGroup> Of(
        V1Service service, IReadOnlyList<V1Pod> pods, string family, Func<string, string?> zoneOf)
    {
        var groups = pods
            .Select(pod => (Pod: pod, Address: AddressOf(pod, family)))
            .Where(static one => one.Address is not null)
            .Select(one => (
                Ports: PortsOf(service, one.Pod),
                Endpoint: EndpointOf(service, one.Pod, one.Address!, zoneOf)))
            .Where(one => one.Ports.Count > 0 || service.IsHeadless())
            .GroupBy(static one => PortKey(one.Ports))
            .Select(static group => new EndpointGroup(group.First().Ports, [.. group.Select(static one => one.Endpoint)]))
            .ToList();
        return groups.Count > 0 ? groups : [new EndpointGroup([], [])];
    }

    private static List<Discoveryv1EndpointPort> PortsOf(V1Service service, V1Pod pod)
        => [.. (service.Spec.Ports ?? [])
            .Select(port => (Port: port, Number: ServicePods.PortOn(pod, port)))
            .Where(static one => one.Number is not null)
            .Select(static one => new Discoveryv1EndpointPort
            {
                Name = one.Port.Name ?? "",
                Port = one.Number,
                Protocol = one.Port.Protocol ?? "TCP",
                AppProtocol = one.Port.AppProtocol,
            })];

    private static V1Endpoint EndpointOf(V1Service service, V1Pod pod, string address, Func<string, string?> zoneOf)
    {
        var serving = pod.IsReady();
        var terminating = pod.IsDeleting();
        var isReady = service.Spec.PublishNotReadyAddresses == true || (serving && !terminating);
        var zone = string.IsNullOrEmpty(pod.Spec.NodeName) ? null : zoneOf(pod.Spec.NodeName);
        return new V1Endpoint
        {
            Addresses = [address],
            Conditions = new V1EndpointConditions
            {
                Ready = isReady,
                Serving = serving,
                Terminating = terminating,
            },
            NodeName = pod.Spec.NodeName,
            Zone = zone,
            Hints = isReady ? HintsOf(service.Spec.TrafficDistribution, pod.Spec.NodeName, zone) : null,
            Hostname = ServicePods.HostnameOf(service, pod),
            TargetRef = new V1ObjectReference
            {
                Kind = "Pod",
                Name = pod.Metadata.Name,
                NamespaceProperty = pod.Metadata.NamespaceProperty,
                Uid = pod.Metadata.Uid,
            },
        };
    }

    /// <summary>
    /// For whom an endpoint is meant first. https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution
    /// </summary>
    private static V1EndpointHints? HintsOf(string? distribution, string? node, string? zone)
    {
        if (distribution is not ("PreferClose" or "PreferSameZone" or "PreferSameNode"))
        {
            return null;
        }

        List<V1ForZone>? zones = string.IsNullOrEmpty(zone) ? null : [new V1ForZone { Name = zone }];
        List<V1ForNode>? nodes =
            distribution == "PreferSameNode" && !string.IsNullOrEmpty(node) ? [new V1ForNode { Name = node }] : null;
        return zones is null && nodes is null ? null : new V1EndpointHints { ForZones = zones, ForNodes = nodes };
    }

    private static string? AddressOf(V1Pod pod, string family)
    {
        var wanted = family == "IPv6" ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return (pod.Status.PodIPs ?? []).Select(static one => one.Ip).Append(pod.Status.PodIP)
            .FirstOrDefault(ip => IPAddress.TryParse(ip, out var address) && address.AddressFamily == wanted);
    }

    /// <summary>The same text for the same ports.</summary>
    public static string PortKey(IEnumerable<Discoveryv1EndpointPort> ports)
        => string.Join(",", ports
            .Select(static port => $"{port.Name}:{port.Port}/{port.Protocol}/{port.AppProtocol}")
            .Order(StringComparer.Ordinal));
}
