namespace MiniKube.Runtimes;

/// <summary>What is written here the executed process reads; disposing it is the end of its input.</summary>
internal sealed class ExecInputStream(Func<ReadOnlyMemory<byte>, CancellationToken, Task> send) : Stream
{
    // A frame is copied whole on both sides.
    private const int ChunkBytesMax = 64 * 1024;

    private bool _ended;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_ended;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        while (buffer.Length > 0)
        {
            var chunk = buffer[..Math.Min(buffer.Length, ChunkBytesMax)];
            await send(Wire.DataFrame(FrameKind.Stdin, chunk.Span), cancellationToken);
            buffer = buffer[chunk.Length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
        => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            try
            {
                await send(Wire.DataFrame(FrameKind.Stdin, default), CancellationToken.None);
            }
            catch (Exception gone) when (gone is RuntimeException or ObjectDisposedException)
            {
                // The process ended first; its input ended with it.
            }
        }

        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            DisposeAsync().AsTask().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }
}
