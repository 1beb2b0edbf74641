using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// Links, addresses and routes of one network namespace. Additions leave what is there already; deletions of what is
/// gone are fine. Thread-safe. Failures are <see cref="NetlinkException"/>.
/// </summary>
internal sealed partial class RouteNetlink(NetlinkSocket socket) : IDisposable
{
    private const RequestFlags Add = RequestFlags.Acknowledge | RequestFlags.Create | RequestFlags.Exclusive;

    /// <summary>Of the network namespace of this process.</summary>
    public static RouteNetlink Open() => new(NetlinkSocket.Open());

    /// <summary>Of the network namespace at the path.</summary>
    public static RouteNetlink OpenIn(string namespacePath) => new(NetlinkSocket.OpenIn(namespacePath));

    public void Dispose() => socket.Dispose();

    public List<Link> ListLinks()
        => socket.Dump(
            new NetlinkRequest(RouteMessage.GetLink, RequestFlags.Dump).LinkHeader(0, up: false),
            "list links",
            RouteParser.Link);

    /// <summary>The link of that name, or null.</summary>
    public Link? FindLink(string name)
        => socket.Dump(
            new NetlinkRequest(RouteMessage.GetLink, RequestFlags.Acknowledge)
                .LinkHeader(0, up: false)
                .Text(LinkAttribute.Name, name),
            $"look up the link {name}",
            RouteParser.Link,
            Errno.ENODEV).FirstOrDefault();

    public List<LinkAddress> ListAddresses()
        => socket.Dump(
            new NetlinkRequest(RouteMessage.GetAddress, RequestFlags.Dump).AddressHeader(0, 0),
            "list addresses",
            RouteParser.Address);

    /// <summary>IPv4 routes of the main and the local table.</summary>
    public List<RouteSpec> ListRoutes()
    {
        var any = RouteSpec.Default(IPAddress.Any, 0);
        return socket.Dump(
            new NetlinkRequest(RouteMessage.GetRoute, RequestFlags.Dump).RouteHeader(any),
            "list routes",
            RouteParser.Route);
    }

    /// <summary>Makes a bridge; see <see cref="SetUpIPv4Only"/>. False when a link of that name exists.</summary>
    public bool AddBridge(BridgeSpec bridge)
        => socket.Execute(
            new NetlinkRequest(RouteMessage.NewLink, Add)
                .LinkHeader(0, up: false)
                .Text(LinkAttribute.Name, bridge.Name)
                .Bytes(LinkAttribute.Address, bridge.HardwareAddress)
                .Number(LinkAttribute.Mtu, (uint)bridge.Mtu)
                .Nest(LinkAttribute.LinkData, data => data.Text(LinkAttribute.DataKind, "bridge")),
            $"create the bridge {bridge.Name}",
            Errno.EEXIST);

    /// <summary>
    /// Makes a veth pair, both ends down; see <see cref="SetUpPort"/>. False when a link of that name exists here.
    /// </summary>
    public bool AddVeth(VethSpec veth, int peerNamespaceFd)
        => socket.Execute(
            new NetlinkRequest(RouteMessage.NewLink, Add)
                .LinkHeader(0, up: false)
                .Text(LinkAttribute.Name, veth.Name)
                .Number(LinkAttribute.Mtu, (uint)veth.Mtu)
                .Number(LinkAttribute.Master, (uint)veth.MasterIndex)
                .Nest(LinkAttribute.LinkData, data => data
                    .Text(LinkAttribute.DataKind, "veth")
                    .Nest(LinkAttribute.DataBody, body => body
                        .Nest(LinkAttribute.VethPeer, peer => peer
                            .LinkHeader(0, up: false)
                            .Text(LinkAttribute.Name, veth.PeerName)
                            .Bytes(LinkAttribute.Address, veth.PeerHardwareAddress)
                            .Number(LinkAttribute.Mtu, (uint)veth.Mtu)
                            .Number(LinkAttribute.NamespaceFd, (uint)peerNamespaceFd)))),
            $"create the veth pair {veth.Name}",
            Errno.EEXIST);

    /// <summary>
    /// Sets a port of a bridge up, for IPv4, and lets the bridge send frames back where they came from: a pod that
    /// reaches itself through its Service.
    /// </summary>
    public void SetUpPort(string name)
        => SetUpWithoutIPv6(
            name,
            request => request.Nest(LinkAttribute.LinkData, data => data
                .Text(LinkAttribute.DataPortKind, "bridge")
                .Nest(LinkAttribute.DataPortBody, body => body.Bytes(LinkAttribute.BridgePortHairpin, [1]))));

    public void SetUpIPv4Only(string name) => SetUpWithoutIPv6(name, static request => request);

    public void SetUp(string name) => socket.Execute(ChangeUp(name), $"set {name} up");

    /// <summary>False when there was no such link.</summary>
    public bool DeleteLink(string name)
        => socket.Execute(
            new NetlinkRequest(RouteMessage.DeleteLink, RequestFlags.Acknowledge)
                .LinkHeader(0, up: false)
                .Text(LinkAttribute.Name, name),
            $"delete the link {name}",
            Errno.ENODEV);

    public void AddAddress(LinkAddress address)
        => socket.Execute(
            new NetlinkRequest(RouteMessage.NewAddress, Add)
                .AddressHeader(address.PrefixLength, address.LinkIndex)
                .Address(AddressAttribute.Local, address.Address)
                .Address(AddressAttribute.Address, address.Address),
            $"add the address {address.Address}/{address.PrefixLength}",
            Errno.EEXIST);

    public void DeleteAddress(LinkAddress address)
        => socket.Execute(
            new NetlinkRequest(RouteMessage.DeleteAddress, RequestFlags.Acknowledge)
                .AddressHeader(address.PrefixLength, address.LinkIndex)
                .Address(AddressAttribute.Local, address.Address),
            $"remove the address {address.Address}/{address.PrefixLength}",
            Errno.EADDRNOTAVAIL);

    /// <summary>False when a route to that destination exists in the table, whichever link it leads to.</summary>
    public bool AddRoute(RouteSpec route)
        => socket.Execute(
            RouteRequest(RouteMessage.NewRoute, Add, route), $"add a route to {route.Destination}", Errno.EEXIST);

    public void DeleteRoute(RouteSpec route)
        => socket.Execute(
            RouteRequest(RouteMessage.DeleteRoute, RequestFlags.Acknowledge, route),
            $"remove the route to {route.Destination}",
            Errno.ESRCH);

    private void SetUpWithoutIPv6(string name, Func<NetlinkRequest, NetlinkRequest> add)
    {
        var request = add(ChangeUp(name).Nest(LinkAttribute.ProtocolSpecific, NoIPv6LinkAddress));
        if (!socket.Execute(request, $"set {name} up", Errno.EAFNOSUPPORT))
        {
            // A kernel without IPv6 has nothing to switch off.
            socket.Execute(add(ChangeUp(name)), $"set {name} up");
        }
    }

    private static NetlinkRequest ChangeUp(string name)
        => new NetlinkRequest(RouteMessage.NewLink, RequestFlags.Acknowledge)
            .LinkHeader(0, up: true)
            .Text(LinkAttribute.Name, name);

    private static NetlinkRequest RouteRequest(RouteMessage type, RequestFlags flags, RouteSpec route)
    {
        var request = new NetlinkRequest(type, flags)
            .RouteHeader(route)
            .Number(RouteAttribute.OutputLink, (uint)route.LinkIndex);
        if (route.Destination.PrefixLength > 0)
        {
            request.Address(RouteAttribute.Destination, route.Destination.BaseAddress);
        }

        if (route.Source is not null)
        {
            request.Address(RouteAttribute.PreferredSource, route.Source);
        }

        return route.Gateway is null ? request : request.Address(RouteAttribute.Gateway, route.Gateway);
    }

    // Links of ours carry IPv4 only: without this the kernel gives each a link-local IPv6 address and probes for
    // duplicates.
    private static void NoIPv6LinkAddress(NetlinkRequest request)
    {
        const ushort FamilyIPv6 = 10;
        const byte None = 1;
        request.Nest(FamilyIPv6, family => family.Bytes(LinkAttribute.IPv6AddressGeneration, [None]));
    }
}
