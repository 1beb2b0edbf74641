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

    /// <summary>
    /// Where the addresses of all pods of the cluster come from: only those reach cluster IPs with their own address.
    /// </summary>
    public required IPNetwork ClusterCidr { get; init; }

    /// <summary>One of <see cref="ServiceProxyModes"/>.</summary>
    public string Mode { get; init; } = ServiceProxyModes.Auto;
}

/// <summary>How Services can be carried.</summary>
public static class ServiceProxyModes
{
    /// <summary>By nftables where it works, else in this process.</summary>
    public const string Auto = "auto";

    /// <summary>By rules in the kernel.</summary>
    public const string Nftables = "nftables";

    /// <summary>By sockets of this process.</summary>
    public const string Userspace = "userspace";

    /// <summary>All of them, the default first.</summary>
    public static IReadOnlyList<string> All { get; } = [Auto, Nftables, Userspace];
}
