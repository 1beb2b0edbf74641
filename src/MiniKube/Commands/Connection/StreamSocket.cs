using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace MiniKube;

/// <summary>The streams within one exec connection.</summary>
internal enum StreamChannel : byte
{
    Stdin = 0,
    Stdout = 1,
    Stderr = 2,
    Error = 3,
    Resize = 4,
    Close = 255,
}

/// <summary>One message of a stream.</summary>
internal readonly record struct StreamFrame(StreamChannel Channel, ReadOnlyMemory<byte> Payload);

/// <summary>
/// Several streams over one WebSocket, the first byte of a message telling which (<c>v5.channel.k8s.io</c>, <c>v4</c>).
/// Messages are sent one after the other by one loop, whoever asks for them.
/// </summary>
internal sealed class StreamSocket(ClientWebSocket socket, Uri server) : IAsyncDisposable
{
    private readonly SemaphoreSlim _sending = new(1);
    private readonly List<Task> _resizes = [];

    public static IReadOnlyList<string> Protocols { get; } = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

    public async Task SendAsync(StreamChannel channel, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var message = new byte[payload.Length + 1];
        message[0] = (byte)channel;
        payload.CopyTo(message.AsMemory(1));
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

    /// <summary>Tells the process that its input has ended. v4 has no word for it.</summary>
    public Task CloseInputAsync(CancellationToken cancellationToken)
        => socket.SubProtocol == Protocols[0]
            ? SendAsync(StreamChannel.Close, new[] { (byte)StreamChannel.Stdin }, cancellationToken)
            : Task.CompletedTask;

    /// <summary>Tells the terminal's size; sent in the background, waited for when disposed.</summary>
    public void Resize(int columns, int rows)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{{\"Width\":{columns},\"Height\":{rows}}}");
        lock (_resizes)
        {
            _resizes.Add(SendAsync(StreamChannel.Resize, Encoding.UTF8.GetBytes(text), CancellationToken.None));
        }
    }

    /// <summary>Whole messages until the server closes.</summary>
    public async IAsyncEnumerable<StreamFrame> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[64 << 10];
        using var message = new MemoryStream();
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            var part = await ReceiveAsync(buffer, cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                yield break;
            }

            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
            {
                continue;
            }

            if (message.Length > 1)
            {
                var whole = message.ToArray();
                yield return new StreamFrame((StreamChannel)whole[0], whole.AsMemory(1));
            }

            message.SetLength(0);
        }
    }

    private async Task<ValueWebSocketReceiveResult> ReceiveAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
        }
        catch (WebSocketException broken)
        {
            throw ApiConnection.Unreachable(server, broken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_resizes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
        _sending.Dispose();
    }
}
