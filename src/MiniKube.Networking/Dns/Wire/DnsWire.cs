using System.Buffers.Binary;

namespace MiniKube.Networking;

/// <summary>
/// The shape of DNS messages (RFC 1035, section 4): where things are, without reading what they mean. Nothing here throws on any
/// input.
/// </summary>
internal static class DnsWire
{
    public const int HeaderBytes = 12;
    public const int MessageBytesMax = 65_535;
    public const int NameBytesMax = 255;
    public const int LabelBytesMax = 63;

    /// <summary>What a client that says nothing can take (RFC 1035, section 4.2.1).</summary>
    public const int DatagramBytesPlain = 512;

    /// <summary>Fits every usual link in one piece (DNS flag day 2020); longer answers go over TCP.</summary>
    public const int DatagramBytesMax = 1_232;

    /// <summary>An OPT record without options (RFC 6891, section 6.1.2).</summary>
    public const int OptBytes = 11;

    public const ushort TypeSoa = 6;
    public const ushort TypeOpt = 41;

    /// <summary>Steps over a name, compressed or not.</summary>
    public static bool TrySkipName(ReadOnlySpan<byte> message, ref int offset)
    {
        var length = 0;
        while ((uint)offset < (uint)message.Length)
        {
            var label = message[offset];
            if (label >= 0xC0)
            {
                offset += 2;
                return offset <= message.Length;
            }

            length += label + 1;
            if (label > LabelBytesMax || length > NameBytesMax)
            {
                return false;
            }

            offset += label + 1;
            if (label == 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Steps over a name that must be written out, as in a question.</summary>
    public static bool TrySkipPlainName(ReadOnlySpan<byte> message, ref int offset)
    {
        var start = offset;
        if (!TrySkipName(message, ref offset))
        {
            return false;
        }

        // A pointer is two bytes, the first of them 0xC0 or more; a written-out name ends in the empty label.
        var end = start;
        while (message[end] is > 0 and <= LabelBytesMax)
        {
            end += message[end] + 1;
        }

        return message[end] == 0;
    }

    /// <summary>The fixed part of the record at the offset, which is moved to the record's end.</summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> message, ref int offset, out DnsRecordPlace record)
    {
        record = default;
        var start = offset;
        if (!TrySkipName(message, ref offset) || offset + 10 > message.Length)
        {
            return false;
        }

        var fixedPart = message[offset..];
        var dataBytes = BinaryPrimitives.ReadUInt16BigEndian(fixedPart[8..]);
        record = new DnsRecordPlace(
            start,
            BinaryPrimitives.ReadUInt16BigEndian(fixedPart),
            BinaryPrimitives.ReadUInt16BigEndian(fixedPart[2..]),
            TtlOffset: offset + 4,
            DataOffset: offset + 10,
            End: offset + 10 + dataBytes);
        offset = record.End;
        return record.End <= message.Length;
    }

    /// <summary>Equal but for the case of letters (RFC 4343).</summary>
    public static bool NamesEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.Length != other.Length)
        {
            return false;
        }

        for (var i = 0; i < one.Length; i++)
        {
            if (ToLower(one[i]) != ToLower(other[i]))
            {
                return false;
            }
        }

        return true;
    }

    // Lengths of labels are below the letters, so a whole name can be lowered byte by byte.
    public static byte ToLower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}

/// <summary>Where a record is in its message.</summary>
internal readonly record struct DnsRecordPlace(int Start, ushort Type, ushort Class, int TtlOffset, int DataOffset, int End)
{
    /// <summary>Name, type, class, TTL: what two records of one set share.</summary>
    public int HeadBytes => DataOffset - Start;

    public int DataBytes => End - DataOffset;
}
