using Makaretu.Dns;

namespace MiniKube.Networking;

/// <summary>
/// Answers queries, wherever they come in: from the cluster's names, from what was answered before, or by asking others. Any
/// bytes may be given to it. Thread-safe.
/// </summary>
internal sealed class DnsResponder(
    ClusterAnswerer cluster, NameDirectory directory, AnswerCache cache, Forwarder forwarder, DnsCounters counters, TimeProvider time)
{
    /// <summary>The answer must be waited for: <see cref="AnswerLaterAsync"/>.</summary>
    public const int Later = -1;

    private uint _turn;

    /// <summary>
    /// Writes the reply to a packet and returns its length; 0 when there is to be none, <see cref="Later"/> when others must be
    /// asked first.
    /// </summary>
    /// <param name="packet">What came in.</param>
    /// <param name="overStream">Over TCP, where every answer fits.</param>
    /// <param name="reply">At least <see cref="DnsWire.MessageBytesMax"/> long.</param>
    public int TryAnswer(ReadOnlySpan<byte> packet, bool overStream, Span<byte> reply)
    {
        if (!DnsQuery.TryRead(packet, out var query))
        {
            counters.Noise();
            return 0;
        }

        counters.Query(overStream);
        if (query.Problem != DnsStatus.NoError)
        {
            return Status(packet, query, query.Problem, reply);
        }

        Span<byte> space = stackalloc byte[QuestionKey.BytesMax];
        ReadOnlySpan<byte> key = space[..QuestionKey.Write(packet, query, space)];
        var version = directory.Version;
        if (cache.TryGet(key, out var kept) && kept.Version == version)
        {
            return Write(kept, packet, query, overStream, reply);
        }

        if (AnswerFromCluster(packet, query, key, version) is { } found)
        {
            return Write(found, packet, query, overStream, reply);
        }

        if (forwarder.FindKept(key) is { } heard)
        {
            counters.Kept();
            return Write(heard, packet, query, overStream, reply);
        }

        return forwarder.Loops.Recognizes(key) ? Status(packet, query, DnsStatus.Refused, reply) : Later;
    }

    /// <summary>As <see cref="TryAnswer"/>, for packets it put off; never <see cref="Later"/>.</summary>
    public async Task<int> AnswerLaterAsync(ReadOnlyMemory<byte> packet, bool overStream, Memory<byte> reply)
    {
        DnsQuery.TryRead(packet.Span, out var query);
        var version = directory.Version;
        var labels = AnswerEncoder.LabelsOf(query.NameIn(packet.Span));
        var begun = cluster.Answer(labels, (DnsType)query.Type);
        counters.Forwarded();
        var answer = begun is null
            ? await forwarder.ResolveAsync(KeyOf(packet.Span, query))
            : await ContinueAsync(labels, query, begun, version);
        return answer is null
            ? Status(packet.Span, query, DnsStatus.ServerFailure, reply.Span)
            : Write(answer, packet.Span, query, overStream, reply.Span);
    }

    /// <summary>Writes that too much is asked at once; returns the reply's length.</summary>
    public int Overloaded(ReadOnlySpan<byte> packet, Span<byte> reply)
        => DnsQuery.TryRead(packet, out var query) ? Status(packet, query, DnsStatus.ServerFailure, reply) : 0;

    /// <summary>Null when others are to be asked, for all of it or the rest.</summary>
    private EncodedAnswer? AnswerFromCluster(ReadOnlySpan<byte> packet, DnsQuery query, ReadOnlySpan<byte> key, long version)
    {
        var labels = AnswerEncoder.LabelsOf(query.NameIn(packet));
        if (cluster.Answer(labels, (DnsType)query.Type) is not { ContinuesAt: null } answer)
        {
            return null;
        }

        var encoded = AnswerEncoder.Encode(labels, (DnsType)query.Type, answer, version);
        cache.Put(key, encoded);
        return encoded;
    }

    private async Task<EncodedAnswer?> ContinueAsync(string[] labels, DnsQuery query, ClusterAnswer begun, long version)
    {
        if (begun.ContinuesAt is null)
        {
            return AnswerEncoder.Encode(labels, (DnsType)query.Type, begun, version);
        }

        var rest = await forwarder.ResolveAsync(QuestionKey.Of(AnswerEncoder.NameOf(begun.ContinuesAt), query.Type));
        if (rest is null || !AnswerEncoder.TryAppend(begun, rest, time.GetElapsedTime(rest.Since)))
        {
            return null;
        }

        return AnswerEncoder.Encode(labels, (DnsType)query.Type, begun, version);
    }

    private int Write(EncodedAnswer answer, ReadOnlySpan<byte> packet, DnsQuery query, bool overStream, Span<byte> reply)
    {
        counters.Answer(answer.Status);
        var age = answer.Version is null ? (uint)time.GetElapsedTime(answer.Since).TotalSeconds : 0;
        var limit = overStream ? DnsWire.MessageBytesMax : query.DatagramBytes;
        return AnswerWriter.Write(answer, packet, query, limit, age, Interlocked.Increment(ref _turn), reply);
    }

    private int Status(ReadOnlySpan<byte> packet, DnsQuery query, DnsStatus status, Span<byte> reply)
    {
        counters.Answer(status);
        return AnswerWriter.WriteStatus(packet, query, status, reply);
    }

    private static byte[] KeyOf(ReadOnlySpan<byte> packet, DnsQuery query)
    {
        Span<byte> space = stackalloc byte[QuestionKey.BytesMax];
        return space[..QuestionKey.Write(packet, query, space)].ToArray();
    }
}
