using System.Buffers.Binary;
using System.Net;

namespace MiniKube.Networking;

internal static partial class RouteParser
{
    /// <summary>Null for links of other kinds.</summary>
    public static VxlanSpec? Vxlan(NetlinkMessage message)
    {
        var (name, mtu, address) = ("", 0, default(HardwareAddress));
        VxlanSpec? found = null;
        var attributes = new NetlinkReader(message.Body[16..]);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            switch (type)
            {
                case LinkAttribute.Name:
                    name = ReadText(value);
                    break;
                case LinkAttribute.Mtu:
                    mtu = BinaryPrimitives.ReadInt32LittleEndian(value);
                    break;
                case LinkAttribute.Address when value.Length == HardwareAddress.Bytes:
                    address = new HardwareAddress(value);
                    break;
                case LinkAttribute.LinkData when ReadKind(value) == "vxlan":
                    found = ReadVxlanData(value);
                    break;
            }
        }

        return found is null ? null : found with { Name = name, Mtu = mtu, HardwareAddress = address };
    }

    /// <summary>Null for other links, and for what the kernel learnt by itself.</summary>
    public static Neighbour? PermanentNeighbour(NetlinkMessage message, int linkIndex)
        => IsPermanentOf(message, linkIndex) && ReadNeighbour(message) is { Ip: { } ip, Hardware: { } hardware }
            ? new Neighbour(ip, hardware)
            : null;

    /// <summary>Null for other links, and for the entry of frames to everybody.</summary>
    public static ForwardingEntry? Forwarding(NetlinkMessage message, int linkIndex)
        => IsPermanentOf(message, linkIndex) && ReadNeighbour(message) is { Ip: { } ip, Hardware: { IsZero: false } hardware }
            ? new ForwardingEntry(hardware, ip)
            : null;

    private static bool IsPermanentOf(NetlinkMessage message, int linkIndex)
        => BinaryPrimitives.ReadInt32LittleEndian(message.Body[4..]) == linkIndex
            && (BinaryPrimitives.ReadUInt16LittleEndian(message.Body[8..]) & NetlinkRequest.NeighbourStatePermanent) != 0;

    private static (IPAddress? Ip, HardwareAddress? Hardware) ReadNeighbour(NetlinkMessage message)
    {
        var (ip, hardware) = ((IPAddress?)null, (HardwareAddress?)null);
        var attributes = new NetlinkReader(message.Body[12..]);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            ip = type == NeighbourAttribute.Destination && value.Length == 4 ? new IPAddress(value) : ip;
            hardware = type == NeighbourAttribute.HardwareAddress && value.Length == HardwareAddress.Bytes
                ? new HardwareAddress(value)
                : hardware;
        }

        return (ip, hardware);
    }

    private static VxlanSpec ReadVxlanData(ReadOnlySpan<byte> linkData)
    {
        var (id, port) = (0, 0);
        var attributes = new NetlinkReader(linkData);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            if (type != LinkAttribute.DataBody)
            {
                continue;
            }

            var body = new NetlinkReader(value);
            while (body.TryReadAttribute(out var field, out var content))
            {
                id = field == VxlanAttribute.Id ? BinaryPrimitives.ReadInt32LittleEndian(content) : id;
                port = field == VxlanAttribute.Port ? BinaryPrimitives.ReadUInt16BigEndian(content) : port;
            }
        }

        return new VxlanSpec("", id, port, default, 0);
    }
}
