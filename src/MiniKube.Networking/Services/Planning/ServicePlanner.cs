using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s.Models;

namespace MiniKube.Networking;

/// <summary>
/// Decides the ways into a Service. Headless Services and external names have none; what cannot be carried (IPv6, SCTP)
/// has none either, and what is labelled as another program's to carry.
/// </summary>
internal static class ServicePlanner
{
    private const string Local = "Local";

    // The API's default for a ClientIP affinity without a configuration: three hours.
    private const int AffinitySecondsDefault = 10_800;

    public static ImmutableArray<FrontendPlan> Plan(
        V1Service service, IReadOnlyCollection<V1EndpointSlice> slices, string nodeName)
    {
        var spec = service.Spec;
        if (spec?.Ports is null || spec.Type == "ExternalName" || DnsServiceObjects.IsLeftAlone(service))
        {
            return [];
        }

        return [.. spec.Ports.SelectMany(port => PlanPort(spec, port, slices, nodeName))];
    }

    private static IEnumerable<FrontendPlan> PlanPort(
        V1ServiceSpec spec, V1ServicePort port, IReadOnlyCollection<V1EndpointSlice> slices, string nodeName)
    {
        if (ParseProtocol(port.Protocol) is not { } protocol)
        {
            yield break;
        }

        var affinity = AffinityOf(spec);
        var inside = EndpointSelector.Select(slices, port, spec.InternalTrafficPolicy == Local ? nodeName : null);
        foreach (var address in ClusterIps(spec))
        {
            var place = new FrontendAddress(protocol, address, port.Port);
            yield return new FrontendPlan(place, inside) { Affinity = affinity };
        }

        if (port.NodePort is > 0)
        {
            var outside = EndpointSelector.Select(slices, port, spec.ExternalTrafficPolicy == Local ? nodeName : null);
            var everywhere = new FrontendAddress(protocol, IPAddress.Any, port.NodePort.Value);
            yield return new FrontendPlan(everywhere, outside) { Affinity = affinity };
        }
    }

    private static IEnumerable<IPAddress> ClusterIps(V1ServiceSpec spec)
    {
        foreach (var text in spec.ClusterIPs ?? [spec.ClusterIP])
        {
            if (IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork)
            {
                yield return address;
            }
        }
    }

    private static TimeSpan? AffinityOf(V1ServiceSpec spec)
        => spec.SessionAffinity == "ClientIP"
            ? TimeSpan.FromSeconds(spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? AffinitySecondsDefault)
            : null;

    private static ProxyProtocol? ParseProtocol(string? protocol)
        => protocol switch
        {
            null or "TCP" => ProxyProtocol.Tcp,
            "UDP" => ProxyProtocol.Udp,
            _ => null,
        };
}
