using System.Buffers.Binary;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>
/// One client's connection: messages with their length before them, any number in a row without waiting. Answers that take time
/// are overtaken by others. Who sends nothing for ten seconds, or does not read, is cut off.
/// </summary>
internal sealed class StreamConnection(Socket socket, DnsResponder responder, TimeProvider time)
{
    private const int LengthBytes = 2;
    private const int PendingMax = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly PendingAnswers _pending = new(PendingMax);
    private readonly SemaphoreSlim _writing = new(1);

    public async Task RunAsync(CancellationToken stopping)
    {
        using (socket)
        using (_writing)
        await using (var stream = new NetworkStream(socket))
        {
            socket.NoDelay = true;
            var query = new byte[DnsWire.MessageBytesMax];
            var reply = new byte[LengthBytes + DnsWire.MessageBytesMax];
            try
            {
                while (await ReadAsync(stream, query, stopping) is > 0 and var length)
                {
                    await AnswerAsync(stream, query.AsMemory(0, length), reply, stopping);
                }
            }
            catch (Exception over) when (over is IOException or SocketException or OperationCanceledException)
            {
                // The client has gone, or has had its time.
            }
            finally
            {
                await _pending.DrainAsync();
            }
        }
    }

    /// <summary>The length of the next message; 0 when the client has closed.</summary>
    private async Task<int> ReadAsync(NetworkStream stream, byte[] query, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
        var head = new byte[LengthBytes];
        if (await stream.ReadAtLeastAsync(head, LengthBytes, throwOnEndOfStream: false, either.Token) < LengthBytes)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(head);
        await stream.ReadExactlyAsync(query.AsMemory(0, length), either.Token);
        return length;
    }

    private async Task AnswerAsync(NetworkStream stream, ReadOnlyMemory<byte> query, byte[] reply, CancellationToken stopping)
    {
        var length = responder.TryAnswer(query.Span, overStream: true, reply.AsSpan(LengthBytes));
        if (length == DnsResponder.Later)
        {
            var kept = query.ToArray();
            length = _pending.TryStart(() => AnswerLaterAsync(stream, kept, stopping))
                ? 0
                : responder.Overloaded(query.Span, reply.AsSpan(LengthBytes));
        }

        if (length > 0)
        {
            await WriteAsync(stream, reply, length, stopping);
        }
    }

    private async Task AnswerLaterAsync(NetworkStream stream, byte[] query, CancellationToken stopping)
    {
        var reply = new byte[LengthBytes + DnsWire.MessageBytesMax];
        var length = await responder.AnswerLaterAsync(query, overStream: true, reply.AsMemory(LengthBytes));
        try
        {
            await WriteAsync(stream, reply, length, stopping);
        }
        catch (Exception over) when (over is IOException or SocketException or OperationCanceledException)
        {
            // The client has gone; the reading side sees it, too.
        }
    }

    private async Task WriteAsync(NetworkStream stream, byte[] reply, int length, CancellationToken stopping)
    {
        BinaryPrimitives.WriteUInt16BigEndian(reply, (ushort)length);
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, patience.Token);
        await _writing.WaitAsync(either.Token);
        try
        {
            await stream.WriteAsync(reply.AsMemory(0, LengthBytes + length), either.Token);
        }
        finally
        {
            _writing.Release();
        }
    }
}
