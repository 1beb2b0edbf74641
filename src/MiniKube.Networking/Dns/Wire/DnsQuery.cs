using System.Buffers.Binary;

namespace MiniKube.Networking;

/// <summary>
/// What a client asked, as places in its packet. A packet that is no query at all, or too short to answer, is none; one that
/// cannot be answered says why in <see cref="Problem"/>.
/// </summary>
internal readonly record struct DnsQuery
{
    private const ushort ClassInternet = 1;
    private const ushort TypeIxfr = 251;
    private const ushort TypeAxfr = 252;
    private const ushort OpcodeMask = 0x7800;
    private const ushort DnssecOkBit = 0x8000;

    public ushort Id { get; private init; }

    public DnsFlags Flags { get; private init; }

    /// <summary>The status to answer with at once; <see cref="DnsStatus.NoError"/> for a proper question.</summary>
    public DnsStatus Problem { get; private init; }

    /// <summary>Bytes of the question's name, which starts after the header; 0 when there is no whole question.</summary>
    public int NameBytes { get; private init; }

    public ushort Type { get; private init; }

    public ushort Class { get; private init; }

    public bool HasEdns { get; private init; }

    /// <summary>The longest datagram the client takes.</summary>
    public int DatagramBytes { get; private init; }

    /// <summary>The client wants DNSSEC records (RFC 3225).</summary>
    public bool DnssecOk { get; private init; }

    public int QuestionEnd => DnsWire.HeaderBytes + (NameBytes > 0 ? NameBytes + 4 : 0);

    public ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> packet) => packet.Slice(DnsWire.HeaderBytes, NameBytes);

    /// <summary>False for what must not be answered: noise and responses.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out DnsQuery query)
    {
        query = default;
        if (packet.Length < DnsWire.HeaderBytes)
        {
            return false;
        }

        var word = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if ((word & (ushort)DnsFlags.Response) != 0)
        {
            return false;
        }

        query = new DnsQuery
        {
            Id = BinaryPrimitives.ReadUInt16BigEndian(packet),
            Flags = (DnsFlags)word & (DnsFlags.RecursionDesired | DnsFlags.CheckingDisabled | DnsFlags.AuthenticData),
            DatagramBytes = DnsWire.DatagramBytesPlain,
            Problem = (word & OpcodeMask) != 0 ? DnsStatus.NotImplemented : DnsStatus.NoError,
        };
        if (query.Problem == DnsStatus.NoError)
        {
            query = ReadQuestion(packet, query);
        }

        return true;
    }

    private static DnsQuery ReadQuestion(ReadOnlySpan<byte> packet, DnsQuery query)
    {
        var offset = DnsWire.HeaderBytes;
        if (BinaryPrimitives.ReadUInt16BigEndian(packet[4..]) != 1
            || !DnsWire.TrySkipPlainName(packet, ref offset)
            || offset + 4 > packet.Length)
        {
            return query with { Problem = DnsStatus.FormatError };
        }

        query = query with
        {
            NameBytes = offset - DnsWire.HeaderBytes,
            Type = BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]),
            Class = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]),
        };
        query = ReadExtensions(packet, offset + 4, query);
        return query.Problem == DnsStatus.NoError && (query.Class != ClassInternet || query.Type is TypeIxfr or TypeAxfr)
            ? query with { Problem = DnsStatus.Refused }
            : query;
    }

    private static DnsQuery ReadExtensions(ReadOnlySpan<byte> packet, int offset, DnsQuery query)
    {
        var records = BinaryPrimitives.ReadUInt16BigEndian(packet[6..])
            + BinaryPrimitives.ReadUInt16BigEndian(packet[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(packet[10..]);
        for (var i = 0; i < records; i++)
        {
            if (!DnsWire.TryReadRecord(packet, ref offset, out var record)
                || (record.Type == DnsWire.TypeOpt && (query.HasEdns || packet[record.Start] != 0)))
            {
                return query with { Problem = DnsStatus.FormatError };
            }

            if (record.Type == DnsWire.TypeOpt)
            {
                query = ReadEdns(packet, record, query);
            }
        }

        return query;
    }

    private static DnsQuery ReadEdns(ReadOnlySpan<byte> packet, DnsRecordPlace record, DnsQuery query)
        => query with
        {
            HasEdns = true,
            DatagramBytes = Math.Clamp((int)record.Class, DnsWire.DatagramBytesPlain, DnsWire.DatagramBytesMax),
            DnssecOk = (BinaryPrimitives.ReadUInt16BigEndian(packet[(record.TtlOffset + 2)..]) & DnssecOkBit) != 0,
            Problem = packet[record.TtlOffset + 1] == 0 ? query.Problem : DnsStatus.BadVersion,
        };
}
