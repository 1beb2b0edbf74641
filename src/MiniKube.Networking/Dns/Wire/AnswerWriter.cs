using System.Buffers.Binary;

namespace MiniKube.Networking;

/// <summary>Fits answers to who asked: id, flags, the case of the name, the order of addresses, age and size.</summary>
internal static class AnswerWriter
{
    private const DnsFlags OfTheAnswer = DnsFlags.Authoritative | DnsFlags.Truncated;
    private const ushort StatusMask = 0xF;

    /// <summary>Writes the answer and returns its length.</summary>
    /// <param name="answer">To the same question.</param>
    /// <param name="packet">What the client sent.</param>
    /// <param name="query">The same, read.</param>
    /// <param name="limit">The longest message the way back carries.</param>
    /// <param name="age">Seconds since the answer was given to us; they are taken off each TTL.</param>
    /// <param name="turn">Which of several addresses comes first.</param>
    /// <param name="reply">At least <see cref="DnsWire.MessageBytesMax"/> long.</param>
    public static int Write(
        EncodedAnswer answer, ReadOnlySpan<byte> packet, DnsQuery query, int limit, uint age, uint turn, Span<byte> reply)
    {
        var room = limit - (query.HasEdns ? DnsWire.OptBytes : 0);
        var kept = answer.Records.Length;
        while (kept > 0 && answer.Records[kept - 1].End > room)
        {
            kept--;
        }

        var answers = Math.Min(kept, answer.AnswerCount);
        var authorities = Math.Clamp(kept - answer.AnswerCount, 0, answer.AuthorityCount);
        Copy(answer, turn, reply);
        packet.Slice(DnsWire.HeaderBytes, answer.NameBytes).CopyTo(reply[DnsWire.HeaderBytes..]);
        TakeOff(answer, kept, age, reply);

        // Only the server that decides about a name has authority, not who passes its answer on.
        var own = answer.Version is null ? DnsFlags.Truncated : OfTheAnswer;
        var flags = (answer.Flags & own) | DnsFlags.Response | DnsFlags.RecursionAvailable | query.Flags;
        // Truth is vouched for only to those who asked for it (RFC 6840, section 5.8).
        var vouched = answer.Flags.HasFlag(DnsFlags.AuthenticData) && (query.DnssecOk || query.Flags.HasFlag(DnsFlags.AuthenticData));
        flags = vouched ? flags | DnsFlags.AuthenticData : flags & ~DnsFlags.AuthenticData;
        // What is left off of the additional records is no loss (RFC 2181, section 9).
        var isCut = kept < answer.AnswerCount + answer.AuthorityCount;
        WriteHeader(reply, query.Id, isCut ? flags | DnsFlags.Truncated : flags, (ushort)answer.Flags & StatusMask);
        WriteCounts(reply, 1, answers, authorities, kept - answers - authorities);
        var end = kept > 0 ? answer.Records[kept - 1].End : query.QuestionEnd;
        return AddEdns(query, DnsStatus.NoError, reply, end);
    }

    /// <summary>Writes an answer that is only a status; returns its length.</summary>
    public static int WriteStatus(ReadOnlySpan<byte> packet, DnsQuery query, DnsStatus status, Span<byte> reply)
    {
        packet[..query.QuestionEnd].CopyTo(reply);
        var flags = DnsFlags.Response | DnsFlags.RecursionAvailable | (query.Flags & ~DnsFlags.AuthenticData);
        WriteHeader(reply, query.Id, flags, (int)status & StatusMask);
        // The kind of request is repeated, whatever it was.
        reply[2] |= (byte)(packet[2] & 0x78);
        WriteCounts(reply, query.NameBytes > 0 ? 1 : 0, 0, 0, 0);
        return AddEdns(query, status, reply, query.QuestionEnd);
    }

    private static void Copy(EncodedAnswer answer, uint turn, Span<byte> reply)
    {
        answer.Bytes.CopyTo(reply);
        if (answer.InterchangeableCount < 2)
        {
            return;
        }

        var first = answer.Records[0].Start;
        var size = answer.Records[0].End - first;
        var total = size * answer.InterchangeableCount;
        var shift = size * (int)(turn % (uint)answer.InterchangeableCount);
        var block = answer.Bytes.AsSpan(first, total);
        block[shift..].CopyTo(reply[first..]);
        block[..shift].CopyTo(reply[(first + total - shift)..]);
    }

    private static void TakeOff(EncodedAnswer answer, int kept, uint age, Span<byte> reply)
    {
        if (age == 0)
        {
            return;
        }

        foreach (var record in answer.Records.AsSpan()[..kept])
        {
            var left = Math.Max((long)answer.TtlOf(record) - age, 0);
            BinaryPrimitives.WriteUInt32BigEndian(reply[record.TtlOffset..], (uint)left);
        }
    }

    private static void WriteHeader(Span<byte> reply, ushort id, DnsFlags flags, int status)
    {
        BinaryPrimitives.WriteUInt16BigEndian(reply, id);
        BinaryPrimitives.WriteUInt16BigEndian(reply[2..], (ushort)((ushort)flags | status));
    }

    private static void WriteCounts(Span<byte> reply, int questions, int answers, int authorities, int additionals)
    {
        BinaryPrimitives.WriteUInt16BigEndian(reply[4..], (ushort)questions);
        BinaryPrimitives.WriteUInt16BigEndian(reply[6..], (ushort)answers);
        BinaryPrimitives.WriteUInt16BigEndian(reply[8..], (ushort)authorities);
        BinaryPrimitives.WriteUInt16BigEndian(reply[10..], (ushort)additionals);
    }

    private static int AddEdns(DnsQuery query, DnsStatus status, Span<byte> reply, int end)
    {
        if (!query.HasEdns)
        {
            return end;
        }

        const byte DnssecOk = 0x80;
        var count = BinaryPrimitives.ReadUInt16BigEndian(reply[10..]);
        BinaryPrimitives.WriteUInt16BigEndian(reply[10..], (ushort)(count + 1));
        var option = reply.Slice(end, DnsWire.OptBytes);
        option.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(option[1..], DnsWire.TypeOpt);
        BinaryPrimitives.WriteUInt16BigEndian(option[3..], DnsWire.DatagramBytesMax);
        option[5] = (byte)((int)status >> 4);
        option[7] = query.DnssecOk ? DnssecOk : (byte)0;
        return end + DnsWire.OptBytes;
    }
}
