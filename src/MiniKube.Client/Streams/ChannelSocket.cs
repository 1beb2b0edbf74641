using System.Buffers;
using System.Net.WebSockets;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>A WebSocket with channels. Any number of writers, one reader.</summary>
public sealed class ChannelSocket(WebSocket socket, ChannelProtocol protocol) : IStreamChannels
{
    // Clients send what they read from a terminal or file, 32 KiB at most in kubectl.
    private const int MessageBytesMax = 1024 * 1024;

    private readonly SemaphoreSlim _sending = new(1, 1);

    /// <inheritdoc />
    public ChannelProtocol Protocol => protocol;

    /// <inheritdoc />
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

    /// <inheritdoc />
    public Task SendStatusAsync(V1Status status, CancellationToken cancellationToken)
    {
        byte[] message = [0, .. ObjectJson.Encode(status)];
        return SendAsync(ChannelProtocol.Error, message, cancellationToken);
    }

    /// <inheritdoc />
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

    /// <inheritdoc />
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
