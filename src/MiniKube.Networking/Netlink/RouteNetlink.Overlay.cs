using System.Buffers.Binary;

namespace MiniKube.Networking;

/// <summary>What joins this machine's network with those of others: VXLAN devices, neighbours, forwarding entries.</summary>
internal sealed partial class RouteNetlink
{
    private const RequestFlags Put = RequestFlags.Acknowledge | RequestFlags.Create | RequestFlags.Replace;
    private const byte FamilyBridge = 7;

    // NTF_SELF: the device's own table, not that of a bridge it may be a port of.
    private const byte Self = 2;

    /// <summary>The VXLAN device of that name; null when there is none, or the link is something else.</summary>
    public VxlanSpec? FindVxlan(string name)
        => socket.Dump(
            new NetlinkRequest(RouteMessage.GetLink, RequestFlags.Acknowledge)
                .LinkHeader(0, up: false)
                .Text(LinkAttribute.Name, name),
            $"look up the link {name}",
            RouteParser.Vxlan,
            Errno.ENODEV).FirstOrDefault();

    /// <summary>Makes a VXLAN device, down.</summary>
    /// <exception cref="NetlinkException">
    /// <see cref="Errno.EEXIST"/> also when another device of this machine has the id and port.
    /// </exception>
    public void AddVxlan(VxlanSpec vxlan)
    {
        Span<byte> port = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)vxlan.Port);
        var portBytes = port.ToArray();
        socket.Execute(
            new NetlinkRequest(RouteMessage.NewLink, Add)
                .LinkHeader(0, up: false)
                .Text(LinkAttribute.Name, vxlan.Name)
                .Bytes(LinkAttribute.Address, vxlan.HardwareAddress.ToArray())
                .Number(LinkAttribute.Mtu, (uint)vxlan.Mtu)
                .Nest(LinkAttribute.LinkData, data => data
                    .Text(LinkAttribute.DataKind, "vxlan")
                    .Nest(LinkAttribute.DataBody, body => body
                        .Number(VxlanAttribute.Id, (uint)vxlan.Id)
                        .Bytes(VxlanAttribute.Learning, [0])
                        .Bytes(VxlanAttribute.Port, portBytes))),
            $"create the VXLAN device {vxlan.Name}");
    }

    public void SetMtu(string name, int mtu)
        => socket.Execute(
            new NetlinkRequest(RouteMessage.NewLink, RequestFlags.Acknowledge)
                .LinkHeader(0, up: false)
                .Text(LinkAttribute.Name, name)
                .Number(LinkAttribute.Mtu, (uint)mtu),
            $"set the MTU of {name} to {mtu}");

    /// <summary>The neighbours of a link that were told, not learnt.</summary>
    public List<Neighbour> ListPermanentNeighbours(int linkIndex)
        => socket.Dump(
            new NetlinkRequest(RouteMessage.GetNeighbour, RequestFlags.Dump)
                .NeighbourHeader(NetlinkRequest.FamilyIPv4, linkIndex, flags: 0),
            "list neighbours",
            message => RouteParser.PermanentNeighbour(message, linkIndex));

    public void PutNeighbour(int linkIndex, Neighbour neighbour)
        => socket.Execute(
            NeighbourRequest(RouteMessage.NewNeighbour, Put, linkIndex, neighbour), $"add the neighbour {neighbour.Address}");

    public void DeleteNeighbour(int linkIndex, Neighbour neighbour)
        => socket.Execute(
            NeighbourRequest(RouteMessage.DeleteNeighbour, RequestFlags.Acknowledge, linkIndex, neighbour),
            $"remove the neighbour {neighbour.Address}",
            Errno.ENOENT,
            Errno.ENODEV);

    /// <summary>The forwarding table of a VXLAN device.</summary>
    public List<ForwardingEntry> ListForwarding(int linkIndex)
        => socket.Dump(
            new NetlinkRequest(RouteMessage.GetNeighbour, RequestFlags.Dump).NeighbourHeader(FamilyBridge, linkIndex, flags: 0),
            "list forwarding entries",
            message => RouteParser.Forwarding(message, linkIndex));

    public void PutForwarding(int linkIndex, ForwardingEntry entry)
        => socket.Execute(
            ForwardingRequest(RouteMessage.NewNeighbour, Put, linkIndex, entry), $"add the forwarding entry to {entry.Machine}");

    public void DeleteForwarding(int linkIndex, ForwardingEntry entry)
        => socket.Execute(
            ForwardingRequest(RouteMessage.DeleteNeighbour, RequestFlags.Acknowledge, linkIndex, entry),
            $"remove the forwarding entry to {entry.Machine}",
            Errno.ENOENT,
            Errno.ENODEV);

    /// <summary>Adds a route or replaces the one to the same destination.</summary>
    public void PutRoute(RouteSpec route)
        => socket.Execute(RouteRequest(RouteMessage.NewRoute, Put, route), $"set the route to {route.Destination}");

    private static NetlinkRequest NeighbourRequest(RouteMessage type, RequestFlags flags, int linkIndex, Neighbour neighbour)
        => new NetlinkRequest(type, flags)
            .NeighbourHeader(NetlinkRequest.FamilyIPv4, linkIndex, flags: 0)
            .Address(NeighbourAttribute.Destination, neighbour.Address)
            .Bytes(NeighbourAttribute.HardwareAddress, neighbour.HardwareAddress.ToArray());

    private static NetlinkRequest ForwardingRequest(RouteMessage type, RequestFlags flags, int linkIndex, ForwardingEntry entry)
        => new NetlinkRequest(type, flags)
            .NeighbourHeader(FamilyBridge, linkIndex, Self)
            .Address(NeighbourAttribute.Destination, entry.Machine)
            .Bytes(NeighbourAttribute.HardwareAddress, entry.HardwareAddress.ToArray());
}
