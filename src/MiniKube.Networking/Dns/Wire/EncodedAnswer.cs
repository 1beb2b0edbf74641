using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace MiniKube.Networking;

/// <summary>
/// A whole answer as it goes over the wire, ready to be sent to anybody who asks the same: <see cref="AnswerWriter"/> puts in
/// what differs between clients. It has no OPT record; that is between two hops.
/// </summary>
internal sealed record EncodedAnswer
{
    private const int MessageBytesMax = DnsWire.MessageBytesMax - DnsWire.OptBytes;
    private const ushort TypeA = 1;
    private const ushort TypeAaaa = 28;

    public required byte[] Bytes { get; init; }

    public required int NameBytes { get; init; }

    /// <summary>Every record, in the order of the sections.</summary>
    public required ImmutableArray<DnsRecordPlace> Records { get; init; }

    public required int AnswerCount { get; init; }

    public required int AuthorityCount { get; init; }

    /// <summary>Status, and what was said about truth: AA, AD, TC.</summary>
    public required DnsFlags Flags { get; init; }

    public int AdditionalCount => Records.Length - AnswerCount - AuthorityCount;

    public DnsStatus Status => (DnsStatus)((ushort)Flags & 0xF);

    public bool IsTruncated => Flags.HasFlag(DnsFlags.Truncated);

    /// <summary>How many of the first answers are addresses of one name, which may be told in any order.</summary>
    public int InterchangeableCount { get; private init; }

    /// <summary>The state of the cluster this follows from; null when another server said it.</summary>
    public long? Version { get; init; }

    /// <summary>When another server said it, as a timestamp.</summary>
    public long Since { get; init; }

    /// <summary>How long it holds from then on.</summary>
    public TimeSpan Lifetime { get; init; }

    /// <summary>False when the message is damaged, or is not an answer to one question.</summary>
    public static bool TryRead(byte[] message, [NotNullWhen(true)] out EncodedAnswer? answer)
    {
        answer = null;
        var offset = DnsWire.HeaderBytes;
        if (message.Length < DnsWire.HeaderBytes || Count(message, 4) != 1
            || !DnsWire.TrySkipPlainName(message, ref offset) || offset + 4 > message.Length)
        {
            return false;
        }

        var nameBytes = offset - DnsWire.HeaderBytes;
        offset += 4;
        var places = ImmutableArray.CreateBuilder<DnsRecordPlace>();
        int[] sections = [Count(message, 6), Count(message, 8), Count(message, 10)];
        foreach (var section in Enumerable.Range(0, sections.Length))
        {
            if (!TryReadSection(message, ref offset, ref sections[section], places))
            {
                return false;
            }
        }

        answer = Fit(new EncodedAnswer
        {
            Bytes = message,
            NameBytes = nameBytes,
            Records = places.ToImmutable(),
            AnswerCount = sections[0],
            AuthorityCount = sections[1],
            Flags = (DnsFlags)BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(2)),
        });
        return true;
    }

    /// <summary>The seconds a record may be kept.</summary>
    public uint TtlOf(DnsRecordPlace record)
        // A set upper bit is no lifetime (RFC 2181, section 8).
        => BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(record.TtlOffset)) is var seconds && seconds <= int.MaxValue ? seconds : 0;

    private static bool TryReadSection(
        byte[] message, ref int offset, ref int count, ImmutableArray<DnsRecordPlace>.Builder places)
    {
        for (var i = 0; i < count; i++)
        {
            if (!DnsWire.TryReadRecord(message, ref offset, out var place))
            {
                return false;
            }

            if (place.Type == DnsWire.TypeOpt)
            {
                // Names behind it may be pointed at by their place, so nothing can move up: the rest of this section, which
                // is only helpful, goes with it.
                count = i;
                return true;
            }

            places.Add(place);
        }

        return true;
    }

    private static EncodedAnswer Fit(EncodedAnswer answer)
    {
        if (answer.Bytes.Length > MessageBytesMax)
        {
            var kept = answer.Records.TakeWhile(static record => record.End <= MessageBytesMax).ToImmutableArray();
            answer = answer with
            {
                Records = kept,
                AnswerCount = Math.Min(answer.AnswerCount, kept.Length),
                AuthorityCount = Math.Clamp(kept.Length - answer.AnswerCount, 0, answer.AuthorityCount),
                Flags = answer.Flags | DnsFlags.Truncated,
            };
        }

        var end = answer.Records is [.., var last] ? last.End : DnsWire.HeaderBytes + answer.NameBytes + 4;
        return answer with { Bytes = answer.Bytes[..end], InterchangeableCount = CountInterchangeable(answer) };
    }

    private static int CountInterchangeable(EncodedAnswer answer)
    {
        if (answer.AnswerCount < 2 || answer.Records[0] is not { Type: TypeA or TypeAaaa } first)
        {
            return 0;
        }

        var bytes = answer.Bytes.AsSpan();
        var head = bytes.Slice(first.Start, first.HeadBytes);
        var count = 1;
        while (count < answer.AnswerCount
            && answer.Records[count].DataBytes == first.DataBytes
            && bytes[answer.Records[count].Start..answer.Records[count].DataOffset].SequenceEqual(head))
        {
            count++;
        }

        return count;
    }

    private static int Count(byte[] message, int offset) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(offset));
}
