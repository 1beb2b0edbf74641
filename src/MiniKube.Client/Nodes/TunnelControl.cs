using System.Net.WebSockets;

namespace MiniKube.Client;

/// <summary>The control stream of a tunnel. Any number of writers, one reader.</summary>
public sealed class TunnelControl(WebSocket socket)
{
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly byte[] _buffer = new byte[TunnelMessage.BytesMax];

    /// <summary>Sends a message whole.</summary>
    public async Task SendAsync(TunnelMessage message, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message.ToJson(), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>The next message; null when the other side closed.</summary>
    /// <exception cref="WebSocketException">The connection broke, or what came is too long to be a message.</exception>
    public async Task<TunnelMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += received.Count;
            if (received.EndOfMessage)
            {
                return TunnelMessage.Parse(_buffer.AsSpan(0, length));
            }

            if (length == _buffer.Length)
            {
                throw new WebSocketException(WebSocketError.InvalidMessageType, $"a message is over {_buffer.Length} bytes");
            }
        }
    }
}
