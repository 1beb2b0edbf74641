using System.Buffers.Binary;

namespace MiniKube.Networking;

/// <summary>A question to another server, and which packets are its answer.</summary>
internal static class UpstreamQuery
{
    private const byte DnssecOk = 0x80;
    private const ushort ClassInternet = 1;

    /// <param name="key">The question; see <see cref="QuestionKey"/>.</param>
    /// <param name="id">Nobody else can guess it.</param>
    /// <param name="withEdns">False for a server that does not know it (RFC 6891, section 7).</param>
    public static byte[] Write(ReadOnlySpan<byte> key, ushort id, bool withEdns)
    {
        var name = QuestionKey.NameOf(key);
        var end = DnsWire.HeaderBytes + name.Length + 4;
        var packet = new byte[end + (withEdns ? DnsWire.OptBytes : 0)];
        BinaryPrimitives.WriteUInt16BigEndian(packet, id);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)QuestionKey.FlagsOf(key));
        packet[5] = 1;
        name.CopyTo(packet.AsSpan(DnsWire.HeaderBytes));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(end - 4), QuestionKey.TypeOf(key));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(end - 2), ClassInternet);
        if (withEdns)
        {
            packet[11] = 1;
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(end + 1), DnsWire.TypeOpt);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(end + 3), DnsWire.DatagramBytesMax);
            packet[end + 7] = QuestionKey.WantsDnssec(key) ? DnssecOk : (byte)0;
        }

        return packet;
    }

    /// <summary>True when the packet answers that query: response, id and question.</summary>
    public static bool IsAnswered(ReadOnlySpan<byte> query, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < DnsWire.HeaderBytes || packet[0] != query[0] || packet[1] != query[1] || packet[2] < 0x80)
        {
            return false;
        }

        var end = DnsWire.HeaderBytes;
        DnsWire.TrySkipName(query, ref end);
        end += 4;
        // Some servers leave the question out of a refusal.
        return packet.Length >= end
            ? DnsWire.NamesEqual(query[DnsWire.HeaderBytes..end], packet[DnsWire.HeaderBytes..end])
            : packet.Length == DnsWire.HeaderBytes && (packet[3] & 0xF) != 0;
    }
}
