using System.Collections.Immutable;
using System.Net;
using k8s.Models;

namespace MiniKube.Networking;

/// <summary>Where a node is: what decides which endpoints are near.</summary>
internal sealed record NodePlace(string Name, string? Zone);

/// <summary>
/// Decides which endpoints of a Service's slices take new connections on a port: the ready ones; if there is none,
/// those that still serve while they terminate. Hints narrow the choice to endpoints meant for this node or its zone,
/// when there are such. https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
/// </summary>
internal static class EndpointSelector
{
    /// <param name="slices">All slices of the Service.</param>
    /// <param name="servicePort">Matched by name and protocol with the slices' ports, which know the pods' number.</param>
    /// <param name="place">This node.</param>
    /// <param name="onlyHere">Take endpoints of this node only; hints then do not matter.</param>
    public static ImmutableArray<IPEndPoint> Select(
        IReadOnlyCollection<V1EndpointSlice> slices, V1ServicePort servicePort, NodePlace place, bool onlyHere)
    {
        var all = Candidates(slices, servicePort)
            .Where(candidate => !onlyHere || candidate.Endpoint.NodeName == place.Name)
            .ToList();
        var ready = all.Where(static candidate => candidate.Endpoint.Conditions?.Ready ?? true).ToList();
        var chosen = ready.Count > 0
            ? onlyHere ? ready : Near(ready, place)
            : all.Where(static candidate => candidate.Endpoint.Conditions is { Terminating: true, Serving: true });

        // In a fixed order, so that the same endpoints from other slices are no change.
        return [.. chosen.Select(static candidate => candidate.Address)
            .Distinct()
            .OrderBy(static address => address.Address.ToNumber())
            .ThenBy(static address => address.Port)];
    }

    /// <summary>The addresses that may be pods of this node: those said to be, and those nothing is said of.</summary>
    public static HashSet<string> AddressesHere(IReadOnlyCollection<V1EndpointSlice> slices, NodePlace place)
        => [.. slices.SelectMany(static slice => slice.Endpoints ?? [])
            .Where(endpoint => endpoint.NodeName is null || endpoint.NodeName == place.Name)
            .SelectMany(static endpoint => endpoint.Addresses.Take(1))];

    /// <summary>
    /// Hints count only when every ready endpoint has them: else the slices are just being changed.
    /// https://kubernetes.io/docs/concepts/services-networking/topology-aware-routing/#safeguards
    /// </summary>
    private static List<Candidate> Near(List<Candidate> ready, NodePlace place)
    {
        if (ready.All(static candidate => candidate.Endpoint.Hints?.ForNodes is { Count: > 0 }))
        {
            var here = ready.FindAll(one => one.Endpoint.Hints.ForNodes.Any(node => node.Name == place.Name));
            if (here.Count > 0)
            {
                return here;
            }
        }

        if (place.Zone is not null
            && ready.All(static candidate => candidate.Endpoint.Hints?.ForZones is { Count: > 0 }))
        {
            var near = ready.FindAll(one => one.Endpoint.Hints.ForZones.Any(zone => zone.Name == place.Zone));
            if (near.Count > 0)
            {
                return near;
            }
        }

        return ready;
    }

    private static IEnumerable<Candidate> Candidates(
        IReadOnlyCollection<V1EndpointSlice> slices, V1ServicePort servicePort)
    {
        foreach (var slice in slices.Where(static slice => slice.AddressType == "IPv4" && slice.Endpoints is not null))
        {
            if (FindPort(slice, servicePort) is not { } port)
            {
                continue;
            }

            foreach (var endpoint in slice.Endpoints)
            {
                if (IPAddress.TryParse(endpoint.Addresses.FirstOrDefault(), out var address))
                {
                    yield return new Candidate(endpoint, new IPEndPoint(address, port));
                }
            }
        }
    }

    private static int? FindPort(V1EndpointSlice slice, V1ServicePort servicePort)
        => slice.Ports?.FirstOrDefault(port
            => (port.Name ?? "") == (servicePort.Name ?? "")
            && (port.Protocol ?? "TCP") == (servicePort.Protocol ?? "TCP"))?.Port;

    private readonly record struct Candidate(V1Endpoint Endpoint, IPEndPoint Address);
}
