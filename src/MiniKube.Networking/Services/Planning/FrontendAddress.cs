using System.Collections.Immutable;
using System.Net;
using MiniKube.Api;

namespace MiniKube.Networking;

/// <summary>The transport protocols the proxy carries.</summary>
internal enum ProxyProtocol
{
    Tcp,
    Udp,
}

/// <summary>
/// Where clients reach a port of a Service: a cluster IP, or every address of the node for a node port.
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
}
