using System.Buffers.Binary;

namespace MiniKube.Networking;

/// <summary>
/// Walks over attributes (or over the messages of one datagram); stops at anything that is not whole.
/// </summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>The next attribute, without flags in its type. False at the end.</summary>
    public bool TryReadAttribute(out ushort type, out ReadOnlySpan<byte> value)
    {
        const int Header = 4;
        const ushort TypeMask = 0x3fff;
        type = 0;
        value = default;
        if (_rest.Length < Header)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        if (length < Header || length > _rest.Length)
        {
            return false;
        }

        type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(_rest[2..]) & TypeMask);
        value = _rest[Header..length];
        _rest = _rest[Math.Min(NetlinkRequest.Align(length), _rest.Length)..];
        return true;
    }

    /// <summary>The next message. False at the end.</summary>
    public bool TryReadMessage(out NetlinkMessage message)
    {
        message = default;
        if (_rest.Length < NetlinkRequest.HeaderBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
        if (length < NetlinkRequest.HeaderBytes || length > _rest.Length)
        {
            return false;
        }

        message = new NetlinkMessage(_rest[..(int)length]);
        _rest = _rest[Math.Min(NetlinkRequest.Align((int)length), _rest.Length)..];
        return true;
    }
}

/// <summary>A received message.</summary>
internal readonly ref struct NetlinkMessage(ReadOnlySpan<byte> bytes)
{
    /// <summary>Acknowledgement or refusal of a request.</summary>
    public const ushort Error = 2;

    /// <summary>The end of a dump.</summary>
    public const ushort Done = 3;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ushort Type => BinaryPrimitives.ReadUInt16LittleEndian(_bytes[4..]);

    public uint Sequence => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[8..]);

    public ReadOnlySpan<byte> Body => _bytes[NetlinkRequest.HeaderBytes..];
}
