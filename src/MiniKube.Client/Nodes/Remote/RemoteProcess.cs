using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// A process on another machine, over the channels of a WebSocket. What is not read holds the process up, so both outputs must be
/// read. Disposing cuts the connection, and the node ends the session.
/// </summary>
internal sealed class RemoteProcess : IProcessSession
{
    private readonly string _nodeName;
    private readonly WebSocket _socket;
    private readonly ChannelSocket _channels;
    private readonly Pipe _stdout = new();
    private readonly Pipe _stderr = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _disposing = new();
    private readonly Task _reading;

    public RemoteProcess(string nodeName, WebSocket socket, bool stdin, bool tty)
    {
        _nodeName = nodeName;
        _socket = socket;
        _channels = new ChannelSocket(socket, ChannelProtocol.Newest);
        Stdin = stdin ? new ChannelInput(_channels) : Stream.Null;
        Stdout = _stdout.Reader.AsStream();
        Stderr = tty ? Stream.Null : _stderr.Reader.AsStream();
        _reading = ReadAsync();
    }

    public Stream Stdin { get; }

    public Stream Stdout { get; }

    public Stream Stderr { get; }

    public async Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
    {
        byte[] message = [0, .. new TerminalSize(columns, rows).ToJson()];
        try
        {
            await _channels.SendAsync(ChannelProtocol.Resize, message, cancellationToken);
        }
        catch (WebSocketException)
        {
            // The session has ended; whoever waits for the process is told.
        }
    }

    public Task<int> WaitAsync(CancellationToken cancellationToken) => _exit.Task.WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _disposing.CancelAsync();
        _socket.Dispose();
        await _reading;
        _disposing.Dispose();
    }

    private async Task ReadAsync()
    {
        Exception? cause = null;
        try
        {
            var buffer = new ArrayBufferWriter<byte>();
            while (await _channels.ReceiveAsync(buffer, _disposing.Token) is { } message)
            {
                await TakeAsync(message);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            cause = ended;
        }

        _exit.TrySetException(KubeletRequests.Lost(
            _nodeName, cause ?? new IOException("it ended before the command did")));
        await _stdout.Writer.CompleteAsync();
        await _stderr.Writer.CompleteAsync();
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> message)
    {
        var body = message.Length > 1 ? message[1..] : default;
        switch (message.Length > 0 ? message.Span[0] : byte.MaxValue)
        {
            case ChannelProtocol.Stdout:
                await _stdout.Writer.WriteAsync(body, _disposing.Token);
                break;
            case ChannelProtocol.Stderr:
                await _stderr.Writer.WriteAsync(body, _disposing.Token);
                break;
            case ChannelProtocol.Error:
                // All output comes before it.
                await _stdout.Writer.CompleteAsync();
                await _stderr.Writer.CompleteAsync();
                End(body);
                break;
        }
    }

    private void End(ReadOnlyMemory<byte> status)
    {
        try
        {
            _exit.TrySetResult(ExitStatus.CodeOf(ObjectJson.Decode<V1Status>(status.Span)));
        }
        catch (ApiException failure)
        {
            _exit.TrySetException(failure);
        }
    }

    /// <summary>Standard input as a channel; disposing it is its end.</summary>
    private sealed class ChannelInput(ChannelSocket channels) : DuplexStream
    {
        // What the other side takes in one message at most, with room to spare.
        private const int ChunkBytesMax = 256 * 1024;

        private bool _ended;

        public override bool CanRead => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => throw new NotSupportedException("standard input is written");

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                while (!buffer.IsEmpty)
                {
                    var chunk = buffer[..Math.Min(buffer.Length, ChunkBytesMax)];
                    byte[] message = [0, .. chunk.Span];
                    await channels.SendAsync(ChannelProtocol.Stdin, message, cancellationToken);
                    buffer = buffer[chunk.Length..];
                }
            }
            catch (WebSocketException broken)
            {
                throw new IOException("the session has ended", broken);
            }
        }

        public override async Task CompleteWritesAsync(CancellationToken cancellationToken)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            try
            {
                await channels.SendAsync(
                    ChannelProtocol.Close, new byte[] { 0, ChannelProtocol.Stdin }, cancellationToken);
            }
            catch (Exception gone) when (gone is WebSocketException or ObjectDisposedException)
            {
                // The session ended first, and its input with it.
            }
        }

        public override async ValueTask DisposeAsync()
        {
            await CompleteWritesAsync(CancellationToken.None);
            await base.DisposeAsync();
        }
    }
}
