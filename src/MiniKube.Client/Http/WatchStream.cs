using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>The body of a watch: one JSON event per line until the server closes.</summary>
internal static class WatchStream
{
    // The server takes objects of up to 3 MiB; an event wraps one and may escape it differently.
    private const int LineBytesMax = 8 << 20;

    public static async IAsyncEnumerable<ObjectEvent<T>> ReadAsync<T>(
        Stream body, CancellationToken aborted, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var pipe = PipeReader.Create(body);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, cancellationToken);
        try
        {
            while (await NextAsync(pipe, either.Token, cancellationToken) is { } read)
            {
                var rest = read.Buffer;
                while (TryCutLine(ref rest, out var line))
                {
                    yield return Parse<T>(line);
                }

                if (rest.Length > LineBytesMax)
                {
                    throw new ApiException(StatusReason.InternalError, $"a watch event is longer than {LineBytesMax} bytes");
                }

                pipe.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    /// <summary>
    /// What has come, or null at the end; half a line at the end is dropped, the next watch brings it again.
    /// </summary>
    private static async ValueTask<ReadResult?> NextAsync(
        PipeReader pipe, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            var read = await pipe.ReadAsync(either);
            var atEnd = read.IsCompleted && read.Buffer.PositionOf((byte)'\n') is null;
            return atEnd ? null : read;
        }
        catch (Exception failure) when (HttpApiTransport.IsBroken(failure, cancellationToken))
        {
            throw HttpApiTransport.Unreachable(failure);
        }
    }

    private static bool TryCutLine(ref ReadOnlySequence<byte> rest, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = rest.Slice(0, end);
        rest = rest.Slice(rest.GetPosition(1, end));
        return true;
    }

    private static ObjectEvent<T> Parse<T>(ReadOnlySequence<byte> line)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (line.IsSingleSegment)
        {
            return ObjectReader.ReadEvent<T>(line.FirstSpan);
        }

        var length = (int)line.Length;
        var whole = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            line.CopyTo(whole);
            return ObjectReader.ReadEvent<T>(whole.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }
}
