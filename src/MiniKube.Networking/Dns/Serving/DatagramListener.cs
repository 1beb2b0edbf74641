using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>Answers queries that come by UDP. What is known is answered at once, in the order of arrival.</summary>
internal sealed partial class DatagramListener(Socket socket, DnsResponder responder, ILogger logger)
{
    // Each holds a packet and waits for another server, five seconds at most.
    private const int PendingMax = 1_000;
    private const int ReceiveBufferBytes = 1_024 * 1_024;

    private readonly PendingAnswers _pending = new(PendingMax);

    /// <summary>Until cancelled; closes the socket.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        using (socket)
        {
            socket.ReceiveBufferSize = ReceiveBufferBytes; // Bursts wait here; the kernel gives what it allows.
            var packet = new byte[DnsWire.MessageBytesMax];
            var reply = new byte[DnsWire.MessageBytesMax];
            var client = new SocketAddress(socket.AddressFamily);
            while (!stopping.IsCancellationRequested)
            {
                await AnswerOneAsync(packet, reply, client, stopping);
            }

            await _pending.DrainAsync();
        }
    }

    private async ValueTask AnswerOneAsync(byte[] packet, byte[] reply, SocketAddress client, CancellationToken stopping)
    {
        try
        {
            var received = await socket.ReceiveFromAsync(packet, SocketFlags.None, client, stopping);
            var length = responder.TryAnswer(packet.AsSpan(0, received), overStream: false, reply);
            if (length == DnsResponder.Later && !TryPutOff(packet.AsSpan(0, received), client))
            {
                length = responder.Overloaded(packet.AsSpan(0, received), reply);
            }

            if (length > 0)
            {
                await socket.SendToAsync(reply.AsMemory(0, length), SocketFlags.None, client, stopping);
            }
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
        catch (SocketException error)
        {
            // What the kernel says about one packet, here or on its way back; the socket goes on.
            Log.Lost(logger, error.Message);
        }
    }

    private bool TryPutOff(ReadOnlySpan<byte> packet, SocketAddress client)
    {
        var query = packet.ToArray();
        var to = new SocketAddress(client.Family, client.Size);
        client.Buffer.CopyTo(to.Buffer);
        return _pending.TryStart(() => AnswerLaterAsync(query, to));
    }

    private async Task AnswerLaterAsync(byte[] query, SocketAddress to)
    {
        var reply = new byte[DnsWire.MessageBytesMax];
        var length = await responder.AnswerLaterAsync(query, overStream: false, reply);
        try
        {
            await socket.SendToAsync(reply.AsMemory(0, length), SocketFlags.None, to, CancellationToken.None);
        }
        catch (SocketException error)
        {
            Log.Lost(logger, error.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5102, LogLevel.Debug, "A DNS packet was lost: {Problem}")]
        public static partial void Lost(ILogger logger, string problem);
    }
}
