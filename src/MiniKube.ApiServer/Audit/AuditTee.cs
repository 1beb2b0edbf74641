using System.IO.Compression;

namespace MiniKube.ApiServer;

/// <summary>Passes an answer on and keeps a copy, up to the size a request may have.</summary>
internal sealed class AuditTee(Stream inner) : Stream
{
    private readonly MemoryStream _copy = new();

    /// <summary>True when the answer is longer than what is kept.</summary>
    public bool IsCut { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The copy; nothing when it is cut.</summary>
    public ReadOnlyMemory<byte> Taken(bool isCompressed)
    {
        if (IsCut || !isCompressed)
        {
            return IsCut ? default : _copy.GetBuffer().AsMemory(0, (int)_copy.Length);
        }

        _copy.Position = 0;
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(_copy, CompressionMode.Decompress);
        var buffer = new byte[64 * 1024];
        while (gzip.Read(buffer) is var read and > 0)
        {
            if (plain.Length + read > BodyReader.BytesMax)
            {
                IsCut = true;
                return default;
            }

            plain.Write(buffer, 0, read);
        }

        return plain.ToArray();
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Write(byte[] buffer, int offset, int count)
    {
        Keep(buffer.AsSpan(offset, count));
        inner.Write(buffer, offset, count);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Keep(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (IsCut || _copy.Length + bytes.Length > BodyReader.BytesMax)
        {
            IsCut = true;
            _copy.SetLength(0);
            return;
        }

        _copy.Write(bytes);
    }
}
