using Makaretu.Dns;

namespace MiniKube.Networking;

/// <summary>The records of names at and below Services. Null is a name that does not exist.</summary>
internal sealed class ServiceRecords(ClusterZone zone, NameDirectory directory)
{
    // As CoreDNS: the targets of a port share this, so that each is as good as the others.
    private const int WeightOfAll = 100;

    /// <summary>Finds what <c>[[_port._proto | host].]service.namespace.svc</c> has, given without its last label.</summary>
    public RecordsOfName? Find(ReadOnlySpan<string> labels) => labels switch
    {
        [] => RecordsOfName.Nothing,
        [var space] => directory.HasNamespace(space) ? RecordsOfName.Nothing : null,
        [.. var below, var name, var space] when directory.Find(space, name) is { } service => Find(service, below),
        _ => null,
    };

    private RecordsOfName? Find(ServiceNames service, ReadOnlySpan<string> below)
    {
        switch (below)
        {
            case []:
                return OfService(service);
            case [['_', .. var protocol]]:
                return Targets(service, null, protocol).Count > 0 ? RecordsOfName.Nothing : null;
            case [['_', .. var port], ['_', .. var protocol]]:
                return OfPort(service, NameOf(service, "_" + port, "_" + protocol), Targets(service, port, protocol));
            case [var hostname]:
                var found = RecordsOfName.Addresses(
                    NameOf(service, hostname),
                    service.Endpoints.Where(endpoint => endpoint.Hostname == hostname).Select(static endpoint => endpoint.Address));
                return found.Records.Count > 0 ? found : null;
            default:
                return null;
        }
    }

    private RecordsOfName? OfService(ServiceNames service)
    {
        var name = NameOf(service);
        if (service.ExternalName is { } other)
        {
            var alias = new CNAMERecord { Name = name, Target = new DomainName(other.Split('.')), TTL = ClusterZone.TimeToLive };
            return new RecordsOfName { Records = [alias], Alias = other };
        }

        var addresses = RecordsOfName.Addresses(
            name, service.IsHeadless ? service.Endpoints.Select(static endpoint => endpoint.Address) : service.ClusterIps);
        if (addresses.Records.Count == 0)
        {
            return null; // A headless Service without ready endpoints does not exist: specification, 2.4.1.
        }

        // Asked for without a port, the Service tells all that have names.
        var ports = OfPort(service, name, Targets(service, null, null));
        return addresses with { Records = [.. addresses.Records, .. ports?.Records ?? []], Helpful = ports?.Helpful ?? [] };
    }

    private RecordsOfName? OfPort(ServiceNames service, DomainName name, List<(NamedEndpoint? Endpoint, NamedPort Port)> targets)
    {
        if (targets.Count == 0)
        {
            return null;
        }

        var weight = (ushort)Math.Max(WeightOfAll / targets.Count, 1);
        var records = targets.Select(target => new SRVRecord
        {
            Name = name,
            Priority = 0,
            Weight = weight,
            Port = (ushort)target.Port.Number,
            Target = TargetOf(service, target.Endpoint),
            TTL = ClusterZone.TimeToLive,
        });
        var addresses = targets.Select(static target => target.Endpoint).Distinct().SelectMany(endpoint => endpoint is null
            ? service.ClusterIps.Select(address => RecordsOfName.Address(TargetOf(service, null), address))
            : [RecordsOfName.Address(TargetOf(service, endpoint), endpoint.Address)]);
        // Two addresses of one host name are one target.
        return new RecordsOfName { Records = [.. records.DistinctBy(static one => (one.Target, one.Port))], Helpful = [.. addresses] };
    }

    /// <summary>The ports of that name and protocol, null taking all: the Service's, or those of each endpoint.</summary>
    private static List<(NamedEndpoint? Endpoint, NamedPort Port)> Targets(ServiceNames service, string? port, string? protocol)
    {
        var all = service.IsHeadless
            ? service.Endpoints.SelectMany(static endpoint => endpoint.Ports.Select(port => ((NamedEndpoint?)endpoint, port)))
            : service.Ports.Select(static port => ((NamedEndpoint?)null, port));
        return [.. all.Where(one => (port is null || one.port.Name == port) && (protocol is null || one.port.Protocol == protocol))];
    }

    private DomainName TargetOf(ServiceNames service, NamedEndpoint? endpoint)
        => endpoint is null ? NameOf(service) : NameOf(service, endpoint.Hostname);

    private DomainName NameOf(ServiceNames service, params IEnumerable<string> below)
        => zone.NameOf([.. below, service.Name, service.Namespace, "svc"]);
}
