using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace MiniKube.Testbox;

/// <summary>The packets of RFC 1035, as far as asking for A records goes.</summary>
internal static class DnsWire
{
    private const int HeaderBytes = 12;
    private const int LabelBytesMax = 63;

    public static byte[] Question(ushort id, string name)
    {
        var packet = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
        foreach (var label in name.TrimEnd('.').Split('.'))
        {
            var bytes = Encoding.ASCII.GetBytes(label);
            if (bytes.Length is 0 or > LabelBytesMax)
            {
                throw new UsageException($"'{name}' is not a host name");
            }

            packet.Add((byte)bytes.Length);
            packet.AddRange(bytes);
        }

        packet.AddRange([0, 0, 1, 0, 1]);
        return [.. packet];
    }

    /// <summary>The A records of an answer; what is malformed is left out.</summary>
    public static List<IPAddress> ReadAddresses(ReadOnlySpan<byte> packet)
    {
        var found = new List<IPAddress>();
        var offset = HeaderBytes;
        for (var questions = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]); questions > 0; questions--)
        {
            if (!TrySkipName(packet, ref offset))
            {
                return found;
            }

            offset += 4;
        }

        for (var answers = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]); answers > 0; answers--)
        {
            if (!TrySkipName(packet, ref offset) || offset + 10 > packet.Length)
            {
                return found;
            }

            var type = BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 8)..]);
            offset += 10;
            if (type == 1 && length == 4 && offset + 4 <= packet.Length)
            {
                found.Add(new IPAddress(packet.Slice(offset, 4)));
            }

            offset += length;
        }

        return found;
    }

    private static bool TrySkipName(ReadOnlySpan<byte> packet, ref int offset)
    {
        while (offset < packet.Length)
        {
            var length = packet[offset];
            if (length >= 0xC0)
            {
                offset += 2; // A pointer ends the name.
                return true;
            }

            offset += 1 + length;
            if (length == 0)
            {
                return true;
            }
        }

        return false;
    }
}
