using System.Collections.Immutable;
using System.Net;
using k8s.Models;

namespace MiniKube.Networking;

/// <summary>
/// Decides which endpoints of a Service's slices take new connections on a port: the ready ones; if there is none,
/// those that still serve while they terminate.
/// https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
/// </summary>
internal static class EndpointSelector
{
    /// <param name="slices">All slices of the Service.</param>
    /// <param name="servicePort">Matched by name and protocol with the slices' ports, which know the pods' number.</param>
    /// <param name="onlyNode">Take endpoints of this node only; null takes all.</param>
    public static ImmutableArray<IPEndPoint> Select(
        IReadOnlyCollection<V1EndpointSlice> slices, V1ServicePort servicePort, string? onlyNode)
    {
        var ready = Collect(slices, servicePort, onlyNode, static conditions => conditions?.Ready ?? true);
        return ready.IsEmpty
            ? Collect(slices, servicePort, onlyNode, static conditions
                => conditions?.Terminating == true && (conditions.Serving ?? false))
            : ready;
    }

    private static ImmutableArray<IPEndPoint> Collect(
        IReadOnlyCollection<V1EndpointSlice> slices,
        V1ServicePort servicePort,
        string? onlyNode,
        Func<V1EndpointConditions?, bool> accepts)
    {
        var found = new HashSet<IPEndPoint>();
        foreach (var slice in slices.Where(static slice => slice.AddressType == "IPv4" && slice.Endpoints is not null))
        {
            if (FindPort(slice, servicePort) is not { } port)
            {
                continue;
            }

            foreach (var endpoint in slice.Endpoints)
            {
                var wanted = (onlyNode is null || endpoint.NodeName == onlyNode) && accepts(endpoint.Conditions);
                if (wanted && IPAddress.TryParse(endpoint.Addresses.FirstOrDefault(), out var address))
                {
                    found.Add(new IPEndPoint(address, port));
                }
            }
        }

        // In a fixed order, so that the same endpoints from other slices are no change.
        return [.. found.OrderBy(static found => found.Address.ToNumber()).ThenBy(static found => found.Port)];
    }

    private static int? FindPort(V1EndpointSlice slice, V1ServicePort servicePort)
        => slice.Ports?.FirstOrDefault(port
            => (port.Name ?? "") == (servicePort.Name ?? "")
            && (port.Protocol ?? "TCP") == (servicePort.Protocol ?? "TCP"))?.Port;
}
