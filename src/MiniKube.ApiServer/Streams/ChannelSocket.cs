using System.Buffers;
using System.Net.WebSockets;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A WebSocket with channels. Any number of writers, one reader.</summary>
internal sealed class ChannelSocket(WebSocket socket, ChannelProtocol protocol)
{
    // Clients send what they read from a terminal or file, 32 KiB at most in kubectl.
    private const int MessageBytesMax = 1024 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);

    public ChannelProtocol Protocol => protocol;

    /// <summary>Sends a message; the buffer's first byte is overwritten with the channel.</summary>
    public async Task SendAsync(byte channel, Memory<byte> message, CancellationToken cancellationToken)
    {
        message.Span[0] = channel;
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    public Task SendStatusAsync(V1Status status, CancellationToken cancellationToken)
    {
        byte[] message = [0, .. ObjectJson.Encode(status)];
        return SendAsync(ChannelProtocol.Error, message, cancellationToken);
    }

    /// <summary>The next whole message, channel first; null when the client closed.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiveAsync(
        ArrayBufferWriter<byte> buffer, CancellationToken cancellationToken)
    {
        buffer.ResetWrittenCount();
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.GetMemory(4096), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            buffer.Advance(received.Count);
            if (buffer.WrittenCount > MessageBytesMax)
            {
                throw new WebSocketException(
                    WebSocketError.InvalidMessageType, $"a message is over {MessageBytesMax} bytes");
            }

            if (received.EndOfMessage)
            {
                return buffer.WrittenMemory;
            }
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }
}
