using System.Net;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube;

/// <summary>
/// Follows which servers the cluster has: the endpoints of the <c>kubernetes</c> Service, besides those named by the person.
/// </summary>
internal sealed class ServerDirectory(
    Membership membership, IReadOnlyList<Uri> named, IApiClient client, HostServices services) : ClusterComponent
{
    public override string Name => "agent-servers";

    protected override async Task RunAsync(CancellationToken stopping)
    {
        var query = new ObjectQuery("default", Fields: "metadata.name=kubernetes");
        await using var slices = new Informer<V1EndpointSlice>(client, query, services.Time, services.NewRandom(), services.Loggers);
        slices.Subscribe((_, _, slice) => Follow(slice));

        // Ready at once: who starts while no server answers knows those it knew.
        SignalReady();
        await slices.StartAsync(stopping);
        await slices.Completion.WaitAsync(stopping);
    }

    private void Follow(V1EndpointSlice? slice)
    {
        var told = slice is null ? [] : ServersOf(slice);
        if (told.Count == 0)
        {
            return; // Better those it knew than none.
        }

        // Those of the person first: they chose the way that works from here.
        IReadOnlyList<Uri> all = [.. named.Concat(told).Distinct()];
        if (!membership.Servers.Current.SequenceEqual(all))
        {
            membership.TakeServers(all);
        }
    }

    /// <summary>The URLs an EndpointSlice tells of; loopback addresses lead nowhere from another machine.</summary>
    public static IReadOnlyList<Uri> ServersOf(V1EndpointSlice slice)
    {
        var port = slice.Ports?.FirstOrDefault(static port => port.Name == "https")?.Port;
        return port is null
            ? []
            : [.. (slice.Endpoints ?? [])
                .Where(static endpoint => endpoint.Conditions?.Ready != false)
                .SelectMany(static endpoint => endpoint.Addresses)
                .Select(static address => IPAddress.TryParse(address, out var parsed) ? parsed : null)
                .OfType<IPAddress>()
                .Where(static address => !IPAddress.IsLoopback(address))
                .Select(address => new Uri($"https://{new IPEndPoint(address, port.Value)}"))];
    }
}
