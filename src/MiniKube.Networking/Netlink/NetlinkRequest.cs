using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace MiniKube.Networking;

/// <summary>
/// One rtnetlink message being written: header, fixed part, then attributes of type, length and value, each padded to
/// four bytes. Everything is in the machine's byte order except network addresses. Used once.
/// </summary>
internal sealed class NetlinkRequest
{
    public const int HeaderBytes = 16;
    public const byte FamilyIPv4 = 2;
    public const ushort NeighbourStatePermanent = 0x80;
    public const uint RouteFlagOnLink = 4;

    // The longest request, a veth pair with both ends described, takes under 250 bytes.
    private readonly byte[] _bytes = new byte[1_024];
    private int _length = HeaderBytes;

    public NetlinkRequest(RouteMessage type, RequestFlags flags)
    {
        Write16(4, (ushort)type);
        Write16(6, (ushort)(flags | RequestFlags.Request));
    }

    /// <summary>The message, complete, under a sequence number.</summary>
    public ReadOnlySpan<byte> Finish(uint sequence)
    {
        Write32(0, (uint)_length);
        Write32(8, sequence);
        return _bytes.AsSpan(0, _length);
    }

    public NetlinkRequest LinkHeader(int index, bool up)
        => Fixed(16, body =>
        {
            BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
            var flags = up ? LinkFlags.Up : 0;
            BinaryPrimitives.WriteUInt32LittleEndian(body[8..], flags);
            BinaryPrimitives.WriteUInt32LittleEndian(body[12..], flags);
        });

    public NetlinkRequest AddressHeader(int prefixLength, int linkIndex)
        => Fixed(8, body =>
        {
            body[0] = FamilyIPv4;
            body[1] = (byte)prefixLength;
            BinaryPrimitives.WriteInt32LittleEndian(body[4..], linkIndex);
        });

    public NetlinkRequest RouteHeader(RouteSpec route)
        => Fixed(12, body =>
        {
            body[0] = FamilyIPv4;
            body[1] = (byte)route.Destination.PrefixLength;
            body[4] = (byte)route.Table;
            body[5] = route.Protocol;
            body[6] = (byte)route.Scope;
            body[7] = (byte)route.Kind;
            BinaryPrimitives.WriteUInt32LittleEndian(body[8..], route.IsOnLink ? RouteFlagOnLink : 0);
        });

    /// <summary>Of a neighbour (family IPv4) or of a forwarding entry (family bridge) that never ages.</summary>
    public NetlinkRequest NeighbourHeader(byte family, int linkIndex, byte flags)
        => Fixed(12, body =>
        {
            body[0] = family;
            BinaryPrimitives.WriteInt32LittleEndian(body[4..], linkIndex);
            BinaryPrimitives.WriteUInt16LittleEndian(body[8..], NeighbourStatePermanent);
            body[10] = flags;
        });

    /// <summary>A fixed part, as it is.</summary>
    public NetlinkRequest Bytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_bytes.AsSpan(_length));
        _length += Align(value.Length);
        return this;
    }

    public NetlinkRequest Text(ushort type, string value)
    {
        Span<byte> bytes = stackalloc byte[value.Length + 1];
        Encoding.ASCII.GetBytes(value, bytes);
        bytes[^1] = 0;
        return Bytes(type, bytes);
    }

    public NetlinkRequest Number(ushort type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Bytes(type, bytes);
    }

    public NetlinkRequest Address(ushort type, IPAddress value) => Bytes(type, value.GetAddressBytes());

    public NetlinkRequest Bytes(ushort type, ReadOnlySpan<byte> value)
    {
        Write16(_length, (ushort)(4 + value.Length));
        Write16(_length + 2, type);
        value.CopyTo(_bytes.AsSpan(_length + 4));
        _length += Align(4 + value.Length);
        return this;
    }

    /// <summary>An attribute that holds what <paramref name="fill"/> writes.</summary>
    public NetlinkRequest Nest(ushort type, Action<NetlinkRequest> fill)
    {
        var start = _length;
        Write16(start + 2, type);
        _length += 4;
        fill(this);
        Write16(start, (ushort)(_length - start));
        return this;
    }

    public static int Align(int length) => (length + 3) & ~3;

    private delegate void Fill(Span<byte> body);

    private NetlinkRequest Fixed(int length, Fill fill)
    {
        fill(_bytes.AsSpan(_length, length));
        _length += length;
        return this;
    }

    private void Write16(int offset, ushort value)
        => BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(offset), value);

    private void Write32(int offset, uint value)
        => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(offset), value);
}
