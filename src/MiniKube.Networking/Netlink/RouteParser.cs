using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace MiniKube.Networking;

/// <summary>Reads what the kernel says about links, addresses and routes; null for what is not of IPv4.</summary>
internal static partial class RouteParser
{
    public static Link? Link(NetlinkMessage message)
    {
        var body = message.Body;
        var link = new Link(
            BinaryPrimitives.ReadInt32LittleEndian(body[4..]), "", "",
            (BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) & LinkFlags.Up) != 0, 0, 0);
        var attributes = new NetlinkReader(body[16..]);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            link = type switch
            {
                LinkAttribute.Name => link with { Name = ReadText(value) },
                LinkAttribute.Address when value.Length == 6 => link with { HardwareAddress = ReadHardwareAddress(value) },
                LinkAttribute.Mtu => link with { Mtu = BinaryPrimitives.ReadInt32LittleEndian(value) },
                LinkAttribute.Master => link with { MasterIndex = BinaryPrimitives.ReadInt32LittleEndian(value) },
                LinkAttribute.LinkData => link with { Kind = ReadKind(value) },
                _ => link,
            };
        }

        return link;
    }

    private static string ReadHardwareAddress(ReadOnlySpan<byte> value)
        => string.Join(':', value.ToArray().Select(static one => one.ToString("x2", CultureInfo.InvariantCulture)));

    private static string ReadKind(ReadOnlySpan<byte> data)
    {
        var attributes = new NetlinkReader(data);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            if (type == LinkAttribute.DataKind)
            {
                return ReadText(value);
            }
        }

        return "";
    }

    public static LinkAddress? Address(NetlinkMessage message)
    {
        var body = message.Body;
        var attributes = new NetlinkReader(body[8..]);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            if (type == AddressAttribute.Local && value.Length == 4)
            {
                var link = BinaryPrimitives.ReadInt32LittleEndian(body[4..]);
                return new LinkAddress(link, new IPAddress(value), body[1]);
            }
        }

        return null;
    }

    public static RouteSpec? Route(NetlinkMessage message)
    {
        var body = message.Body;
        var (destination, link, gateway, source) = (IPAddress.Any, 0, (IPAddress?)null, (IPAddress?)null);
        var attributes = new NetlinkReader(body[12..]);
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            destination = type == RouteAttribute.Destination ? new IPAddress(value) : destination;
            gateway = type == RouteAttribute.Gateway ? new IPAddress(value) : gateway;
            source = type == RouteAttribute.PreferredSource ? new IPAddress(value) : source;
            link = type == RouteAttribute.OutputLink ? BinaryPrimitives.ReadInt32LittleEndian(value) : link;
        }

        return new RouteSpec(
            new IPNetwork(destination, body[1]),
            link,
            gateway,
            (RouteKind)body[7],
            (RouteTable)body[4],
            (RouteScope)body[6])
        {
            Protocol = body[5],
            IsOnLink = (BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) & NetlinkRequest.RouteFlagOnLink) != 0,
            Source = source,
        };
    }

    private static string ReadText(ReadOnlySpan<byte> value) => Encoding.ASCII.GetString(value.TrimEnd((byte)0));
}
