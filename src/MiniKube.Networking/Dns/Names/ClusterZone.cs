using System.Collections.Immutable;
using System.Net;
using Makaretu.Dns;

namespace MiniKube.Networking;

/// <summary>The zones this cluster has the say in, and the records each has about itself.</summary>
internal sealed class ClusterZone(string domain, IPAddress server, ImmutableArray<IPNetwork> ranges)
{
    /// <summary>What CoreDNS gives: pods come and go.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(5);

    // https://github.com/kubernetes/dns/blob/master/docs/specification.md, section 2.2
    private static readonly TimeSpan TimeToLiveOfSchema = TimeSpan.FromSeconds(28_800);

    private static readonly TimeSpan Refresh = TimeSpan.FromHours(2);
    private static readonly TimeSpan Retry = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Expire = TimeSpan.FromDays(1);

    /// <summary>The labels of the cluster's domain, in lower case.</summary>
    public string[] Domain { get; } = domain.ToLowerInvariant().TrimEnd('.').Split('.');

    /// <summary>Where this server answers.</summary>
    public IPAddress Server { get; } = server;

    /// <summary>The zone of ours a reverse name is in; null when it is another's.</summary>
    public string[]? ReverseZoneOf(byte[] prefix) => ReverseName.ZoneOf(prefix, ranges);

    /// <summary>The labels before the domain's; null when the name is not below it.</summary>
    public string[]? FindRelative(ReadOnlySpan<string> labels)
        => labels.Length >= Domain.Length && labels[^Domain.Length..].SequenceEqual(Domain)
            ? labels[..^Domain.Length].ToArray()
            : null;

    public DomainName NameOf(params IEnumerable<string> relative) => new([.. relative, .. Domain]);

    /// <param name="zone">Its labels.</param>
    /// <param name="serial">Any number that grows with changes.</param>
    public ResourceRecord Authority(string[] zone, long serial) => new SOARecord
    {
        Name = new DomainName(zone),
        PrimaryName = NameOf("ns", "dns"),
        Mailbox = NameOf("hostmaster"),
        SerialNumber = (uint)serial,
        Refresh = Refresh,
        Retry = Retry,
        Expire = Expire,
        Minimum = TimeToLive,
        TTL = TimeToLive,
    };

    public ResourceRecord NameServer(string[] zone) => new NSRecord
    {
        Name = new DomainName(zone),
        Authority = NameOf("ns", "dns"),
        TTL = TimeToLive,
    };

    public ResourceRecord SchemaVersion() => new TXTRecord
    {
        Name = NameOf("dns-version"),
        Strings = ["1.1.0"],
        TTL = TimeToLiveOfSchema,
    };
}
