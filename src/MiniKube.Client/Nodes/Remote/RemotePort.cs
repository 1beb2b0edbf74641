using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>A connection to a pod's port on another machine: channel 0 for the bytes, 1 for what went wrong.</summary>
internal sealed class RemotePort(string nodeName, WebSocket socket) : DuplexStream
{
    private const byte Data = 0;
    private const byte Failure = 1;
    private const int PortBytes = 2;

    // What the other side takes in one message at most, with room to spare.
    private const int ChunkBytesMax = 256 * 1024;

    private readonly ChannelSocket _channels = new(socket, ChannelProtocol.Newest);
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private ReadOnlyMemory<byte> _unread;
    private int _preambles = 2;
    private bool _isAtEnd;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_unread.IsEmpty && !_isAtEnd && !buffer.IsEmpty)
        {
            await ReceiveAsync(cancellationToken);
        }

        var count = Math.Min(buffer.Length, _unread.Length);
        _unread[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (!buffer.IsEmpty)
            {
                var chunk = buffer[..Math.Min(buffer.Length, ChunkBytesMax)];
                byte[] message = [0, .. chunk.Span];
                await _channels.SendAsync(Data, message, cancellationToken);
                buffer = buffer[chunk.Length..];
            }
        }
        catch (WebSocketException broken)
        {
            throw new IOException($"the connection to the node agent of \"{nodeName}\" broke: {broken.Message}", broken);
        }
    }

    public override async Task CompleteWritesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _channels.SendAsync(ChannelProtocol.Close, new byte[] { 0, Data }, cancellationToken);
        }
        catch (WebSocketException broken)
        {
            throw new IOException($"the connection to the node agent of \"{nodeName}\" broke: {broken.Message}", broken);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> message;
        try
        {
            message = await _channels.ReceiveAsync(_buffer, cancellationToken) ?? default;
        }
        catch (WebSocketException broken)
        {
            throw new IOException($"the connection to the node agent of \"{nodeName}\" broke: {broken.Message}", broken);
        }

        if (message.IsEmpty || (message.Span[0] == ChannelProtocol.Close && message.Span[^1] == Data))
        {
            _isAtEnd = true;
            return;
        }

        if (_preambles > 0 && message.Length == 1 + PortBytes)
        {
            _preambles--;
            return;
        }

        if (message.Span[0] == Failure)
        {
            throw new ApiException(StatusReason.InternalError, Encoding.UTF8.GetString(message.Span[1..]));
        }

        _unread = message.Span[0] == Data ? message[1..] : default;
    }
}
