using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>What the names of one Service lead to. Names are in lower case.</summary>
internal sealed record ServiceNames(string Namespace, string Name)
{
    /// <summary>The name this Service is another name for; null for all but type ExternalName.</summary>
    public string? ExternalName { get; init; }

    /// <summary>Empty for a headless Service.</summary>
    public ImmutableArray<IPAddress> ClusterIps { get; init; } = [];

    /// <summary>The named ports of a Service with cluster IPs.</summary>
    public ImmutableArray<NamedPort> Ports { get; init; } = [];

    /// <summary>Ready endpoints: all of a headless Service, of others those whose pod has a host name.</summary>
    public ImmutableArray<NamedEndpoint> Endpoints { get; init; } = [];

    public bool IsHeadless => ExternalName is null && ClusterIps.IsEmpty;
}

/// <summary>A port that SRV records are asked for by name: <c>_http._tcp</c>.</summary>
internal readonly record struct NamedPort(string Name, string Protocol, int Number);

/// <summary>One address behind a Service, its name below the Service's, and its named ports.</summary>
internal sealed record NamedEndpoint(string Hostname, IPAddress Address, ImmutableArray<NamedPort> Ports);
