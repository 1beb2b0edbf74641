using System.Net;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Leads to a ready endpoint of a Service, as a Service's address would; nothing need carry that address here.</summary>
internal sealed class ServiceEndpoints(ObjectLookup objects, Random random)
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>One of the ready endpoints behind a port of the Service; null when there is none.</summary>
    public IPEndPoint? Find(string space, string name, int port)
    {
        var service = objects.Find<V1Service>(new ObjectKey(space, name));
        if (service?.Spec?.Ports?.FirstOrDefault(one => one.Port == port) is not { } wanted)
        {
            return null;
        }

        var found = objects.List<V1EndpointSlice>(space)
            .Where(slice => slice.Metadata.Labels?.TryGetValue(ServiceLabel, out var owner) == true && owner == name)
            .SelectMany(slice => Ready(slice, wanted.Name ?? ""))
            .ToList();
        lock (random)
        {
            return found.Count == 0 ? null : found[random.Next(found.Count)];
        }
    }

    private static IEnumerable<IPEndPoint> Ready(V1EndpointSlice slice, string portName)
    {
        var port = slice.Ports?.FirstOrDefault(one => (one.Name ?? "") == portName)?.Port;
        return (slice.Endpoints ?? [])
            .Where(one => port is not null && one.Conditions?.Ready != false)
            .SelectMany(one => one.Addresses)
            .Where(static address => IPAddress.TryParse(address, out _))
            .Select(address => new IPEndPoint(IPAddress.Parse(address), port!.Value));
    }
}
