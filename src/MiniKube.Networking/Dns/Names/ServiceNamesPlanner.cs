using System.Collections.Immutable;
using System.Net;
using k8s.Models;

namespace MiniKube.Networking;

/// <summary>Decides which names a Service has. https://github.com/kubernetes/dns/blob/master/docs/specification.md</summary>
internal static class ServiceNamesPlanner
{
    /// <param name="service">Any Service.</param>
    /// <param name="slices">All its slices.</param>
    public static ServiceNames Plan(V1Service service, IEnumerable<V1EndpointSlice> slices)
    {
        var names = new ServiceNames(service.Metadata.NamespaceProperty ?? "", service.Metadata.Name);
        if (service.Spec.Type == "ExternalName")
        {
            return names with { ExternalName = service.Spec.ExternalName.TrimEnd('.').ToLowerInvariant() };
        }

        var clusterIps = AddressesOf(service.Spec.ClusterIPs ?? [service.Spec.ClusterIP]);
        var endpoints = slices.SelectMany(slice => EndpointsOf(slice, service.Spec.PublishNotReadyAddresses == true));
        return names with
        {
            ClusterIps = clusterIps,
            Ports = PortsOf(service),
            // Another pod's address behind a cluster IP is nobody's business unless the pod has a name of its own.
            Endpoints = [.. endpoints
                .Where(one => clusterIps.IsEmpty || one.HasHostname)
                .Select(static one => one.Endpoint)
                .GroupBy(static one => (one.Hostname, one.Address))
                .Select(static same => same.First() with { Ports = [.. same.SelectMany(static one => one.Ports).Distinct()] })],
        };
    }

    private static IEnumerable<(NamedEndpoint Endpoint, bool HasHostname)> EndpointsOf(V1EndpointSlice slice, bool takesUnready)
    {
        ImmutableArray<NamedPort> ports = [.. (slice.Ports ?? [])
            .Where(static port => port.Name is { Length: > 0 } && port.Port is not null)
            .Select(static port => NamedPortOf(port.Name, port.Protocol, port.Port!.Value))];
        foreach (var endpoint in (slice.Endpoints ?? []).Where(one => takesUnready || (one.Conditions?.Ready ?? true)))
        {
            foreach (var address in AddressesOf(endpoint.Addresses))
            {
                var hostname = endpoint.Hostname is { Length: > 0 } given ? given.ToLowerInvariant() : DashedAddress.Format(address);
                yield return (new NamedEndpoint(hostname, address, ports), endpoint.Hostname is { Length: > 0 });
            }
        }
    }

    private static ImmutableArray<NamedPort> PortsOf(V1Service service)
        => [.. (service.Spec.Ports ?? [])
            .Where(static port => port.Name is { Length: > 0 })
            .Select(static port => NamedPortOf(port.Name, port.Protocol, port.Port))];

    private static NamedPort NamedPortOf(string name, string? protocol, int number)
        => new(name.ToLowerInvariant(), (protocol ?? "TCP").ToLowerInvariant(), number);

    private static ImmutableArray<IPAddress> AddressesOf(IEnumerable<string?> texts)
        => [.. texts.Select(static text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()];
}
