using System.Net.WebSockets;

namespace MiniKube.Client;

/// <summary>
/// A WebSocket as plain bytes: messages have no meaning, a close message ends one direction. Disposing closes both.
/// </summary>
public sealed class WebSocketConnection(WebSocket socket) : DuplexStream
{
    private bool _isAtEnd;

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // An empty read asks whether there is something; here nobody can tell without reading it.
        while (!_isAtEnd && !buffer.IsEmpty)
        {
            var received = await TranslateAsync(socket.ReceiveAsync(buffer, cancellationToken));
            _isAtEnd = received.MessageType == WebSocketMessageType.Close;
            if (received.Count > 0)
            {
                return received.Count;
            }
        }

        return 0;
    }

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        catch (WebSocketException broken)
        {
            throw new IOException($"the connection broke: {broken.Message}", broken);
        }
    }

    /// <inheritdoc />
    public override async Task CompleteWritesAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken);
            }
        }
        catch (WebSocketException broken)
        {
            throw new IOException($"the connection broke: {broken.Message}", broken);
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private static async ValueTask<ValueWebSocketReceiveResult> TranslateAsync(ValueTask<ValueWebSocketReceiveResult> receiving)
    {
        try
        {
            return await receiving;
        }
        catch (WebSocketException broken)
        {
            throw new IOException($"the connection broke: {broken.Message}", broken);
        }
    }
}
