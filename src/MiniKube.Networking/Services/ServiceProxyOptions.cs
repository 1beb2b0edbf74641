using System.Net;

namespace MiniKube.Networking;

/// <summary>What the service proxy of a node must know about its place.</summary>
public sealed class ServiceProxyOptions
{
    /// <summary>The node's name: traffic policy <c>Local</c> means endpoints of this node.</summary>
    public required string NodeName { get; init; }

    /// <summary>
    /// The bridge of this instance's pods, made by the pod network or by Docker. Service addresses are routed to this
    /// machine over it, and the route goes with it. It may appear after the proxy's start, and come back after it went.
    /// </summary>
    public required string BridgeName { get; init; }

    /// <summary>Where cluster IPs come from.</summary>
    public required IPNetwork ServiceCidr { get; init; }
}
