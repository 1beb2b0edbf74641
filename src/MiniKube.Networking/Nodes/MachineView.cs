using System.Net;

namespace MiniKube.Networking;

/// <summary>This machine's links, IPv4 addresses and routes at one moment. Immutable.</summary>
internal sealed record MachineView(
    IReadOnlyList<Link> Links, IReadOnlyList<LinkAddress> Addresses, IReadOnlyList<RouteSpec> Routes)
{
    public const int EthernetMtu = 1_500;

    public static MachineView Read(RouteNetlink machine) => new(machine.ListLinks(), machine.ListAddresses(), machine.ListRoutes());

    /// <summary>The route packets to the address take: the longest prefix of the main table. Null when there is none.</summary>
    public RouteSpec? WayTo(IPAddress address)
        => Routes
            .Where(route => route is { Kind: RouteKind.Unicast, Table: RouteTable.Main } && route.Destination.Contains(address))
            .MaxBy(static route => route.Destination.PrefixLength);

    /// <summary>The link that has the address. Null when none has.</summary>
    public Link? LinkOf(IPAddress address)
        => Addresses.FirstOrDefault(one => one.Address.Equals(address)) is { } held ? LinkAt(held.LinkIndex) : null;

    public Link? LinkAt(int index) => Links.FirstOrDefault(link => link.Index == index);

    /// <summary>
    /// The MTU of the link other nodes are reached over: the node's own, else that of the default route, else the smallest of
    /// those that have an address and are no instance's, else 1500.
    /// </summary>
    public int MtuOf(IPAddress? nodeIp)
    {
        var link = nodeIp is null || IPAddress.IsLoopback(nodeIp) ? null : LinkOf(nodeIp);
        link ??= DefaultRoute() is { } way ? LinkAt(way.LinkIndex) : null;
        link ??= Addresses
            .Where(static address => !IPAddress.IsLoopback(address.Address))
            .Select(address => LinkAt(address.LinkIndex))
            .OfType<Link>()
            .Where(static link => !link.Name.StartsWith("mk-"))
            .MinBy(static link => link.Mtu);
        return link?.Mtu ?? EthernetMtu;
    }

    /// <summary>
    /// The address others reach this machine at, given the one they used: that one while it is here, else one of the link the
    /// default route leads over, else the first of any real link. The old one when there is no other.
    /// </summary>
    /// <param name="present">The address until now.</param>
    /// <param name="isOurs">Tells links of instances, whose addresses are no address of the machine.</param>
    public IPAddress NodeIpAfter(IPAddress present, Func<Link, bool> isOurs)
    {
        if (LinkOf(present) is not null)
        {
            return present;
        }

        var candidates = Addresses
            .Where(address => !IPAddress.IsLoopback(address.Address) && LinkAt(address.LinkIndex) is { IsUp: true } link && !isOurs(link))
            .ToList();
        var link = DefaultRoute()?.LinkIndex;
        return (candidates.Find(address => address.LinkIndex == link) ?? candidates.FirstOrDefault())?.Address ?? present;
    }

    private RouteSpec? DefaultRoute()
        => Routes.FirstOrDefault(static route => route.Destination.PrefixLength == 0 && route.Gateway is not null);
}
