using System.Buffers.Binary;
using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// The kernel's table of connections of one network namespace, by ctnetlink (linux/netfilter/nfnetlink_conntrack.h).
/// </summary>
internal sealed class ConnectionTracking(NetlinkSocket socket) : IDisposable
{
    private const RouteMessage Get = (RouteMessage)0x101;
    private const RouteMessage Delete = (RouteMessage)0x102;
    private const byte FamilyIPv4 = 2;
    private const byte ProtocolUdp = 17;

    /// <summary>Of the network namespace of this process.</summary>
    public static ConnectionTracking Open() => new(NetlinkSocket.OpenNetfilter());

    public void Dispose() => socket.Dispose();

    /// <summary>Forgets every UDP flow that is one of these. Those not there are no error.</summary>
    public void Forget(IReadOnlyCollection<StaleFlow> stale)
    {
        var wanted = stale.Select(static flow => (Key(flow.Address), flow.Endpoint?.ToString())).ToHashSet();
        var flows = socket.Dump(
            new NetlinkRequest(Get, RequestFlags.Dump).Bytes([FamilyIPv4, 0, 0, 0]), "list connections", Parse);
        foreach (var flow in flows.Where(flow => flow.Keys.Any(key => wanted.Contains((key, flow.Endpoint)))))
        {
            socket.Execute(
                new NetlinkRequest(Delete, RequestFlags.Acknowledge)
                    .Bytes([FamilyIPv4, 0, 0, 0])
                    .Bytes(TupleOriginal | Nested, flow.Original),
                "forget a connection",
                Errno.ENOENT);
        }
    }

    // Attributes: linux/netfilter/nfnetlink_conntrack.h.
    private const ushort Nested = 0x8000;
    private const ushort TupleOriginal = 1;
    private const ushort TupleReply = 2;
    private const ushort TupleIP = 1;
    private const ushort TupleProtocol = 2;
    private const ushort AddressSource = 1;
    private const ushort AddressDestination = 2;
    private const ushort ProtocolNumber = 1;
    private const ushort ProtocolSourcePort = 2;
    private const ushort ProtocolDestinationPort = 3;

    private static string Key(FrontendAddress address)
        => address.IsNodePort ? $"*:{address.Port}" : $"{address.Address}:{address.Port}";

    private static Flow? Parse(NetlinkMessage message)
    {
        var attributes = new NetlinkReader(message.Body[4..]);
        byte[]? original = null;
        Tuple? there = null, back = null;
        while (attributes.TryReadAttribute(out var type, out var value))
        {
            if (type == TupleOriginal)
            {
                (original, there) = (value.ToArray(), ParseTuple(value));
            }
            else if (type == TupleReply)
            {
                back = ParseTuple(value);
            }
        }

        if (original is null || there is not { Protocol: ProtocolUdp } || back is null)
        {
            return null;
        }

        // What answers is not what was asked: it was translated.
        var isTranslated = !Equals(back.Source, there.Destination);
        return new Flow(
            original,
            [there.Destination!.ToString(), $"*:{there.Destination.Port}"],
            isTranslated ? back.Source!.ToString() : null);
    }

    private static Tuple ParseTuple(ReadOnlySpan<byte> bytes)
    {
        IPAddress? source = null, destination = null;
        byte protocol = 0;
        int sourcePort = 0, destinationPort = 0;
        var parts = new NetlinkReader(bytes);
        while (parts.TryReadAttribute(out var part, out var inner))
        {
            var attributes = new NetlinkReader(inner);
            while (attributes.TryReadAttribute(out var type, out var value))
            {
                switch (part, type)
                {
                    case (TupleIP, AddressSource):
                        source = new IPAddress(value);
                        break;
                    case (TupleIP, AddressDestination):
                        destination = new IPAddress(value);
                        break;
                    case (TupleProtocol, ProtocolNumber):
                        protocol = value[0];
                        break;
                    case (TupleProtocol, ProtocolSourcePort):
                        sourcePort = BinaryPrimitives.ReadUInt16BigEndian(value);
                        break;
                    case (TupleProtocol, ProtocolDestinationPort):
                        destinationPort = BinaryPrimitives.ReadUInt16BigEndian(value);
                        break;
                    default:
                        break;
                }
            }
        }

        return new Tuple(
            protocol,
            new IPEndPoint(source ?? IPAddress.Any, sourcePort),
            new IPEndPoint(destination ?? IPAddress.Any, destinationPort));
    }

    private sealed record Tuple(byte Protocol, IPEndPoint Source, IPEndPoint Destination);

    /// <summary>A flow: its tuple as the kernel wants it back, what it may be called, and who answers.</summary>
    private sealed record Flow(byte[] Original, string[] Keys, string? Endpoint);
}
