using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>The transport protocols a Service may have.</summary>
internal enum ProxyProtocol
{
    Tcp,
    Udp,
    Sctp,
}

/// <summary>
/// Where clients reach a port of a Service: an address, or every address of the node for a node port.
/// </summary>
internal readonly record struct FrontendAddress(ProxyProtocol Protocol, IPAddress Address, int Port)
{
    public bool IsNodePort => Address.Equals(IPAddress.Any);

    public override string ToString() => $"{Address}:{Port}/{Protocol.ToString().ToUpperInvariant()}";
}

/// <summary>One way into a Service and where it leads at the moment.</summary>
internal sealed record FrontendPlan(FrontendAddress Address, ImmutableArray<IPEndPoint> Endpoints)
{
    /// <summary>How long a client stays with its endpoint after its last connection; null is not at all.</summary>
    public TimeSpan? Affinity { get; init; }

    /// <summary>For clients outside the cluster: a node port, an external address. Not a cluster IP.</summary>
    public bool IsExternal { get; init; }

    /// <summary>
    /// Clients must seem to be this node, because their connection may leave it again and its answers must come back
    /// here.
    /// </summary>
    public bool Masquerade { get; init; }

    /// <summary>The endpoints that may be pods of this node: such a pod may reach itself.</summary>
    public ImmutableArray<IPAddress> Here { get; init; } = [];

    /// <summary>The networks whose clients are served; empty serves everyone.</summary>
    public ImmutableArray<IPNetwork> Sources { get; init; } = [];

    /// <summary>True when the client may use this way in.</summary>
    public bool Admits(IPAddress client) => Sources.IsEmpty || Sources.Any(network => network.Contains(client));
}
