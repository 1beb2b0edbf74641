using System.Buffers.Binary;

namespace MiniKube.Networking;

/// <summary>How long another server's answer may be given again (RFC 1035, section 7.4; RFC 2308, section 5).</summary>
internal static class AnswerLifetime
{
    // A change somewhere is seen here after this at the latest, whatever its owner promised.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    // Larger ones are rare, and many of them would take the memory of everything else.
    private const int BytesMax = 4 * 1_024;

    /// <summary>Zero for an answer that is not to be kept.</summary>
    public static TimeSpan Of(EncodedAnswer answer)
    {
        if (answer.IsTruncated || answer.Bytes.Length > BytesMax || answer.Status is not (DnsStatus.NoError or DnsStatus.NameError))
        {
            return TimeSpan.Zero;
        }

        var seconds = answer.Status == DnsStatus.NoError && answer.AnswerCount > 0 ? Positive(answer) : Negative(answer);
        return TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
    }

    private static uint Positive(EncodedAnswer answer) => answer.Records.Take(answer.AnswerCount).Min(answer.TtlOf);

    private static uint Negative(EncodedAnswer answer)
    {
        var authority = answer.Records
            .Skip(answer.AnswerCount)
            .Take(answer.AuthorityCount)
            .FirstOrDefault(static record => record is { Type: DnsWire.TypeSoa, DataBytes: > 20 });
        if (authority == default)
        {
            return 0;
        }

        var minimum = BinaryPrimitives.ReadUInt32BigEndian(answer.Bytes.AsSpan(authority.End - 4));
        var upToHere = answer.Records.Take(answer.AnswerCount).Select(answer.TtlOf);
        return upToHere.Append(answer.TtlOf(authority)).Append(minimum).Min();
    }
}
