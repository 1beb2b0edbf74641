using System.Net;

namespace MiniKube.Networking;

/// <summary>Bits of a link's state: linux/if.h.</summary>
internal static class LinkFlags
{
    public const uint Up = 1;
}

/// <summary>A network link as the kernel describes it.</summary>
internal sealed record Link(int Index, string Name, string Kind, bool IsUp, int MasterIndex, int Mtu)
{
    /// <summary>Six bytes with colons between; empty for links that have none.</summary>
    public string HardwareAddress { get; init; } = "";
}

/// <summary>A bridge to make. A fixed hardware address keeps it from changing with its ports.</summary>
internal sealed record BridgeSpec(string Name, byte[] HardwareAddress, int Mtu);

/// <summary>
/// A veth pair to make: one end here as a port of the bridge, the other in a namespace as <see cref="PeerName"/>.
/// </summary>
internal sealed record VethSpec(string Name, string PeerName, byte[] PeerHardwareAddress, int MasterIndex, int Mtu);

/// <summary>An IPv4 address with its prefix on a link.</summary>
internal sealed record LinkAddress(int LinkIndex, IPAddress Address, int PrefixLength);

/// <summary>What a route does with a packet.</summary>
internal enum RouteKind : byte
{
    Unicast = 1,

    /// <summary>Delivered to this machine: every address of the destination is then one of ours.</summary>
    Local = 2,
}

/// <summary>Which table a route is in.</summary>
internal enum RouteTable : byte
{
    Main = 254,
    Local = 255,
}

/// <summary>How far away the destination is.</summary>
internal enum RouteScope : byte
{
    Universe = 0,
    Link = 253,
    Host = 254,
}

/// <summary>An IPv4 route; the gateway is null when the destination is on the link itself.</summary>
internal sealed record RouteSpec(
    IPNetwork Destination, int LinkIndex, IPAddress? Gateway, RouteKind Kind, RouteTable Table, RouteScope Scope)
{
    /// <summary>Who made it, by the numbers of <c>/etc/iproute2/rt_protos</c>; 4 is "an administrator".</summary>
    public byte Protocol { get; init; } = 4;

    /// <summary>The gateway is taken to be on the link though no address of the link says so.</summary>
    public bool IsOnLink { get; init; }

    /// <summary>The address this machine takes for its own packets there; null leaves the choice to the kernel.</summary>
    public IPAddress? Source { get; init; }

    public static RouteSpec Default(IPAddress gateway, int linkIndex)
        => new(
            new IPNetwork(IPAddress.Any, 0),
            linkIndex,
            gateway,
            RouteKind.Unicast,
            RouteTable.Main,
            RouteScope.Universe);

    /// <summary>Makes every address of the network one of this machine's, without listing them on a link.</summary>
    public static RouteSpec Local(IPNetwork network, int linkIndex)
        => new(network, linkIndex, Gateway: null, RouteKind.Local, RouteTable.Local, RouteScope.Host);
}
