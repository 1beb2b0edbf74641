using System.IO.Pipelines;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>One stream of a SPDY connection.</summary>
internal sealed class SpdyStream(SpdySession session, uint id, IReadOnlyDictionary<string, string> headers) : DuplexStream
{
    private const int ChunkBytesMax = 32 * 1024;

    // What one stream may hold before it holds up the others.
    private const int UnreadBytesMax = 1024 * 1024;

    private readonly Pipe _input = new(new PipeOptions(pauseWriterThreshold: UnreadBytesMax, resumeWriterThreshold: UnreadBytesMax / 2));
    private bool _hasEnded;

    public uint Id => id;

    /// <summary>What the client said when it opened the stream; the names in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers => headers;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _input.Reader.ReadAsync(cancellationToken);
        var taken = read.Buffer.Slice(0, Math.Min(buffer.Length, read.Buffer.Length));
        var rest = buffer;
        foreach (var part in taken)
        {
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }

        _input.Reader.AdvanceTo(taken.End);
        return (int)taken.Length;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var chunk = buffer[..Math.Min(buffer.Length, ChunkBytesMax)];
            await session.SendDataAsync(id, chunk, isLast: false, cancellationToken);
            buffer = buffer[chunk.Length..];
        }
    }

    public override async Task CompleteWritesAsync(CancellationToken cancellationToken)
    {
        if (!_hasEnded)
        {
            _hasEnded = true;
            await session.SendDataAsync(id, default, isLast: true, cancellationToken);
        }
    }

    /// <summary>Data came. Waits while too much is unread.</summary>
    public async Task TakeAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        => await _input.Writer.WriteAsync(data, cancellationToken);

    /// <summary>Nothing more comes.</summary>
    public void EndInput() => _input.Writer.Complete();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Reader.CancelPendingRead();
            _input.Reader.Complete();
            session.Forget(id);
        }

        base.Dispose(disposing);
    }
}
