using System.Net;
using System.Net.Sockets;
using Makaretu.Dns;

namespace MiniKube.Networking;

/// <summary>Everything one existing name has; a question takes the records of its type.</summary>
internal sealed record RecordsOfName
{
    /// <summary>A name that exists only because others are below it.</summary>
    public static RecordsOfName Nothing { get; } = new();

    public IReadOnlyList<ResourceRecord> Records { get; init; } = [];

    /// <summary>Addresses of the names that the records point at.</summary>
    public IReadOnlyList<ResourceRecord> Helpful { get; init; } = [];

    /// <summary>The name this is another name of; null when it is one itself.</summary>
    public string? Alias { get; init; }

    public static RecordsOfName Addresses(DomainName name, IEnumerable<IPAddress> addresses)
        => new() { Records = [.. addresses.Distinct().Select(address => Address(name, address))] };

    public static ResourceRecord Address(DomainName name, IPAddress address)
        => address.AddressFamily == AddressFamily.InterNetwork
            ? new ARecord { Name = name, Address = address, TTL = ClusterZone.TimeToLive }
            : new AAAARecord { Name = name, Address = address, TTL = ClusterZone.TimeToLive };
}
