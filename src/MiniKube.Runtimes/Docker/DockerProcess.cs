using System.IO.Pipelines;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

/// <summary>
/// A process the engine runs in a container, with its one connection split into streams. The engine cannot kill such a process;
/// disposing closes its streams, which ends whatever reads or writes them.
/// </summary>
internal sealed class DockerProcess : IRuntimeProcess
{
    // An end whose event was missed is noticed this much later.
    private static readonly TimeSpan EventMissed = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ForgottenPatience = TimeSpan.FromSeconds(10);

    private readonly DockerClient _client;
    private readonly DockerEvents _events;
    private readonly TimeProvider _time;
    private readonly string _id;
    private readonly bool _tty;
    private readonly MultiplexedStream _connection;
    private readonly Task<int> _ended;
    private readonly CancellationTokenSource _closing = new();
    private readonly Pipe _output = new();
    private readonly Pipe _errors = new();
    private readonly Task _reading;

    public DockerProcess(
        DockerClient client,
        DockerEvents events,
        TimeProvider time,
        string id,
        ProcessSpec process,
        MultiplexedStream connection)
    {
        _client = client;
        _events = events;
        _id = id;
        _tty = process.Tty;
        _connection = connection;
        _time = time;
        _ended = events.ExecutionAsync(id);
        Stdin = process.Stdin ? new InputStream(connection) : Stream.Null;
        Stdout = _output.Reader.AsStream();
        Stderr = process.Tty ? Stream.Null : _errors.Reader.AsStream();
        _reading = ReadAsync();
    }

    public Stream Stdin { get; }

    public Stream Stdout { get; }

    public Stream Stderr { get; }

    public async Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken)
    {
        if (!_tty)
        {
            return;
        }

        try
        {
            await DockerErrors.TranslateAsync(_client.Exec.ResizeContainerExecTtyAsync(
                _id, new ContainerResizeParameters { Width = columns, Height = rows }, cancellationToken));
        }
        catch (RuntimeException refused) when (refused.Error is RuntimeError.Failed or RuntimeError.NotFound)
        {
            // The engine has no word of its own for a process that ended meanwhile, whose terminal nobody needs any more.
            if (await InspectAsync(cancellationToken) is { Running: true })
            {
                throw;
            }
        }
    }

    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_ended, _reading).WaitAsync(cancellationToken);
        while (!_ended.IsCompleted)
        {
            var process = await InspectAsync(cancellationToken);
            if (process is { Running: false })
            {
                return (int)process.ExitCode;
            }

            if (process is null && !_ended.IsCompleted)
            {
                return await ToldAsync(cancellationToken);
            }

            // It goes on with its output closed. Its end is told by an event, unless the stream of events just broke.
            await Task.WhenAny(_ended, Task.Delay(EventMissed, _time, cancellationToken));
        }

        return await _ended;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _connection.Dispose();
        await _reading;
        _events.ForgetExecution(_id);
        _closing.Dispose();
    }

    /// <summary>What the engine knows of the process; null when it has ended and been forgotten.</summary>
    private async Task<ContainerExecInspectResponse?> InspectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await DockerErrors.TranslateAsync(_client.Exec.InspectContainerExecAsync(_id, cancellationToken));
        }
        catch (RuntimeException gone) when (gone.Error == RuntimeError.NotFound)
        {
            return null;
        }
    }

    // Forgotten before its event came: only the event knows the code now.
    private async Task<int> ToldAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _ended.WaitAsync(ForgottenPatience, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new RuntimeException(
                RuntimeError.Failed, "the process has ended, and the Docker engine forgot its exit code before it told it");
        }
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[32 << 10];
        try
        {
            while (await _connection.ReadOutputAsync(buffer, 0, buffer.Length, _closing.Token) is { EOF: false } read)
            {
                var pipe = read.Target == MultiplexedStream.TargetStream.StandardError ? _errors : _output;
                await pipe.Writer.WriteAsync(buffer.AsMemory(0, read.Count), _closing.Token);
            }
        }
        catch (Exception closed) when (closed is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The engine or the caller closed the connection: for the reader that is the end of the output.
        }

        await _output.Writer.CompleteAsync();
        await _errors.Writer.CompleteAsync();
    }

    /// <summary>Writes to the process; closing it closes only this direction.</summary>
    private sealed class InputStream(MultiplexedStream connection) : Stream
    {
        private bool _closed;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            => connection.WriteAsync(buffer, offset, count, cancellationToken);

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var copy = buffer.ToArray();
            await connection.WriteAsync(copy, 0, copy.Length, cancellationToken);
        }

        public override void Write(byte[] buffer, int offset, int count)
            => connection.WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_closed)
            {
                _closed = true;
                connection.CloseWrite();
            }

            base.Dispose(disposing);
        }
    }
}
