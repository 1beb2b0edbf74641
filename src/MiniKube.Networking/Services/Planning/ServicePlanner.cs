using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s.Models;

namespace MiniKube.Networking;

/// <summary>
/// Decides the ways into a Service. Headless Services, external names and what is labelled as another program's to carry
/// have none, and there are none of IPv6.
/// </summary>
internal static class ServicePlanner
{
    private const string Local = "Local";

    // The API's default for a ClientIP affinity without a configuration: three hours.
    private const int AffinitySecondsDefault = 10_800;

    public static ImmutableArray<FrontendPlan> Plan(
        V1Service service, IReadOnlyCollection<V1EndpointSlice> slices, NodePlace place)
    {
        var spec = service.Spec;
        if (spec?.Ports is null
            || spec.Type == "ExternalName"
            || spec.ClusterIP == "None"
            || DnsServiceObjects.IsLeftAlone(service))
        {
            return [];
        }

        var here = EndpointSelector.AddressesHere(slices, place);
        var plans = spec.Ports.SelectMany(port => PlanPort(service, port, slices, place));

        // An address may be named twice: as an external one and as the load balancer's.
        return [.. plans.DistinctBy(static plan => plan.Address).Select(plan => plan with
        {
            Affinity = AffinityOf(spec),
            Here = [.. plan.Endpoints.Select(static one => one.Address).Distinct().Where(one => here.Contains(one.ToString()))],
        })];
    }

    /// <summary>Where health checks of the Service are answered; null when it has none.</summary>
    public static HealthCheckPlan? PlanHealth(V1Service service, IReadOnlyCollection<V1EndpointSlice> slices, NodePlace place)
        => service.Spec is { Type: "LoadBalancer", ExternalTrafficPolicy: Local, HealthCheckNodePort: > 0 and { } port }
            ? new HealthCheckPlan(port, slices
                .SelectMany(static slice => slice.Endpoints ?? [])
                .Where(endpoint => endpoint.NodeName == place.Name && (endpoint.Conditions?.Ready ?? true))
                .SelectMany(static endpoint => endpoint.Addresses.Take(1))
                .Distinct()
                .Count())
            : null;

    private static IEnumerable<FrontendPlan> PlanPort(
        V1Service service, V1ServicePort port, IReadOnlyCollection<V1EndpointSlice> slices, NodePlace place)
    {
        var (spec, protocol) = (service.Spec, ParseProtocol(port.Protocol));
        var inside = EndpointSelector.Select(slices, port, place, spec.InternalTrafficPolicy == Local);
        foreach (var address in Addresses(spec.ClusterIPs ?? [spec.ClusterIP]))
        {
            yield return new FrontendPlan(new FrontendAddress(protocol, address, port.Port), inside);
        }

        var isLocal = spec.ExternalTrafficPolicy == Local;
        var outside = EndpointSelector.Select(slices, port, place, isLocal);
        FrontendPlan External(IPAddress address, int number)
            => new(new FrontendAddress(protocol, address, number), outside) { IsExternal = true, Masquerade = !isLocal };

        foreach (var address in Addresses(BalancerAddresses(service)))
        {
            yield return External(address, port.Port) with { Sources = SourcesOf(spec) };
        }

        foreach (var address in Addresses(spec.ExternalIPs ?? []))
        {
            yield return External(address, port.Port);
        }

        if (port.NodePort is > 0)
        {
            yield return External(IPAddress.Any, port.NodePort.Value);
        }
    }

    /// <summary>Those of the load balancer that the nodes are to answer themselves (<c>ipMode: VIP</c>, the default).</summary>
    private static IEnumerable<string> BalancerAddresses(V1Service service)
        => service.Spec.Type == "LoadBalancer"
            ? (service.Status?.LoadBalancer?.Ingress ?? [])
                .Where(static ingress => (ingress.IpMode ?? "VIP") == "VIP" && ingress.Ip is not null)
                .Select(static ingress => ingress.Ip)
            : [];

    private static ImmutableArray<IPNetwork> SourcesOf(V1ServiceSpec spec)
        => [.. (spec.LoadBalancerSourceRanges ?? [])
            .Select(static text => IPNetwork.TryParse(text.Trim(), out var network) ? network : (IPNetwork?)null)
            .OfType<IPNetwork>()
            .Where(static network => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)];

    private static IEnumerable<IPAddress> Addresses(IEnumerable<string?> texts)
    {
        foreach (var text in texts)
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

    private static ProxyProtocol ParseProtocol(string? protocol) => protocol switch
    {
        "UDP" => ProxyProtocol.Udp,
        "SCTP" => ProxyProtocol.Sctp,
        _ => ProxyProtocol.Tcp,
    };
}
