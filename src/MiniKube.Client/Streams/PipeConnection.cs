using System.IO.Pipelines;

namespace MiniKube.Client;

/// <summary>
/// One end of a connection inside this process. What one end writes, the other reads; who does not read holds the writer up.
/// </summary>
public sealed class PipeConnection : DuplexStream
{
    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PipeConnection(Pipe incoming, Pipe outgoing) => (_incoming, _outgoing) = (incoming, outgoing);

    /// <summary>Completes when this end was disposed.</summary>
    public Task Disposed => _disposed.Task;

    /// <summary>Both ends of a new connection.</summary>
    public static (PipeConnection One, PipeConnection Other) CreatePair()
    {
        var (there, back) = (new Pipe(), new Pipe());
        return (new PipeConnection(back, there), new PipeConnection(there, back));
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _incoming.Reader.ReadAsync(cancellationToken);
        var count = (int)Math.Min(buffer.Length, read.Buffer.Length);
        var taken = read.Buffer.Slice(0, count);
        var rest = buffer;
        foreach (var part in taken)
        {
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }

        _incoming.Reader.AdvanceTo(taken.End);
        return count;
    }

    /// <inheritdoc />
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var flushed = await _outgoing.Writer.WriteAsync(buffer, cancellationToken);
        if (flushed.IsCompleted)
        {
            throw new IOException("the other end of the connection is closed");
        }
    }

    /// <inheritdoc />
    public override async Task CompleteWritesAsync(CancellationToken cancellationToken) => await _outgoing.Writer.CompleteAsync();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing && _disposed.TrySetResult())
        {
            _outgoing.Writer.Complete();

            // Wakes a read that waits, and makes the other end's writes fail from now on.
            _incoming.Reader.CancelPendingRead();
            _incoming.Reader.Complete();
        }

        base.Dispose(disposing);
    }
}
