using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>
/// A node that answers logs with a fixed text and runs one program: it repeats its input to standard output until the
/// input ends, tells its arguments and terminal size on standard error, and exits with the code its last argument says.
/// </summary>
public sealed class ScriptedNode : INodeEndpoint
{
    /// <summary>What a log holds.</summary>
    public string Log { get; set; } = "one\ntwo\n";

    /// <summary>What the last request for logs asked for.</summary>
    public LogOptions? LastLogOptions { get; private set; }

    /// <summary>The container of the last request.</summary>
    public ContainerAddress? LastContainer { get; private set; }

    /// <summary>Refuses everything with this when set.</summary>
    public ApiException? Refusal { get; set; }

    public async Task CopyLogsAsync(
        ContainerAddress container, LogOptions options, Stream destination, CancellationToken cancellationToken)
    {
        Refuse();
        LastContainer = container;
        LastLogOptions = options;
        await destination.WriteAsync(Encoding.UTF8.GetBytes(Log), cancellationToken);
        if (options.Follow)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
    }

    public Task<IProcessSession> ExecAsync(
        ContainerAddress container, ExecOptions options, CancellationToken cancellationToken)
    {
        Refuse();
        LastContainer = container;
        return Task.FromResult<IProcessSession>(new EchoProcess(options));
    }

    /// <summary>The same program, as a container that was running before.</summary>
    public Task<IProcessSession> AttachAsync(
        ContainerAddress container, AttachOptions options, CancellationToken cancellationToken)
    {
        Refuse();
        LastContainer = container;
        return Task.FromResult<IProcessSession>(
            new EchoProcess(new ExecOptions(["attached"]) { Stdin = options.Stdin, Tty = options.Tty }));
    }

    /// <summary>What the node says it has used, for each time it is asked.</summary>
    public Func<string> ResourceMetrics { get; set; } = () => "";

    public Task<string> ReadResourceMetricsAsync(CancellationToken cancellationToken)
    {
        Refuse();
        return Task.FromResult(ResourceMetrics());
    }

    /// <summary>Every port of every pod leads here; null lets nothing listen.</summary>
    public IPEndPoint? Listener { get; set; }

    public async Task<DuplexStream> ConnectAsync(ObjectKey pod, int port, CancellationToken cancellationToken)
    {
        Refuse();
        if (Listener is not { } listener)
        {
            throw new ApiException(
                StatusReason.InternalError, $"error forwarding port {port} to pod {pod.Name}: nothing listens");
        }

        var socket = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener, cancellationToken);
        return new SocketConnection(socket);
    }

    private void Refuse()
    {
        if (Refusal is not null)
        {
            throw Refusal;
        }
    }

    private sealed class EchoProcess(ExecOptions options) : IProcessSession
    {
        private readonly Pipe _input = new();
        private readonly Pipe _errors = new();
        private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Stream Stdin => options.Stdin ? _input.Writer.AsStream() : Stream.Null;

        public Stream Stdout => options.Stdin ? new EndingStream(_input.Reader.AsStream(), Exit) : Stream.Null;

        public Stream Stderr
        {
            get
            {
                if (!options.Stdin)
                {
                    Exit();
                }

                return _errors.Reader.AsStream();
            }
        }

        public async Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
            => await _errors.Writer.WriteAsync(Encoding.UTF8.GetBytes($"{columns}x{rows};"), cancellationToken);

        public Task<int> WaitAsync(CancellationToken cancellationToken) => _exit.Task.WaitAsync(cancellationToken);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Exit()
        {
            var text = Encoding.UTF8.GetBytes(string.Join(' ', options.Command));
            text.CopyTo(_errors.Writer.GetSpan(text.Length));
            _errors.Writer.Advance(text.Length);
            _errors.Writer.Complete();
            _exit.TrySetResult(int.TryParse(options.Command[^1], out var code) ? code : 0);
        }
    }

    /// <summary>Reads through, and says when the end was met.</summary>
    private sealed class EndingStream(Stream inner, Action ended) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                ended();
            }

            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
