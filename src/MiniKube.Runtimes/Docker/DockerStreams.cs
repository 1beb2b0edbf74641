using System.IO.Pipelines;
using Docker.DotNet;

namespace MiniKube.Runtimes;

/// <summary>The engine's one connection to a process, split into streams. Disposing closes it.</summary>
internal sealed class DockerStreams : IAsyncDisposable
{
    private readonly MultiplexedStream _connection;
    private readonly CancellationTokenSource _closing = new();
    private readonly Pipe _output = new();
    private readonly Pipe _errors = new();

    public DockerStreams(MultiplexedStream connection, bool hasInput, bool hasErrors)
    {
        _connection = connection;
        Stdin = hasInput ? new InputStream(connection) : Stream.Null;
        Stdout = _output.Reader.AsStream();
        Stderr = hasErrors ? _errors.Reader.AsStream() : Stream.Null;
        Ended = ReadAsync();
    }

    public Stream Stdin { get; }

    public Stream Stdout { get; }

    public Stream Stderr { get; }

    /// <summary>The connection has ended.</summary>
    public Task Ended { get; }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _connection.Dispose();
        await Ended;
        _closing.Dispose();
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
