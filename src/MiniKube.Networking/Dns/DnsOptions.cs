using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>What the DNS server of a node must know about its place.</summary>
public sealed class DnsOptions
{
    /// <summary>Where pods ask: an address of Services, the same on every node, that each node answers itself.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>The suffix of names in the cluster: <c>cluster.local</c>.</summary>
    public required string Domain { get; init; }

    /// <summary>The ranges of pods and Services: what is not found there by address is not asked of others.</summary>
    public required ImmutableArray<IPNetwork> Ranges { get; init; }

    /// <summary>The bridge of this instance's pods, over which the address is routed to this machine.</summary>
    public required string BridgeName { get; init; }

    /// <summary>The file that names the servers for everything else.</summary>
    public string ResolverFile { get; init; } = SystemResolver.DefaultFile;

    /// <summary>53; tests without rights take 0, any free one.</summary>
    public int Port { get; init; } = 53;
}
