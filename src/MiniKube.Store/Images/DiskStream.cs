namespace MiniKube.Store;

/// <summary>A file of the store's disk as the stream that LiteDB wants. Does not own the file.</summary>
internal sealed class DiskStream(IDiskFile file) : Stream
{
    // A big image is brought to the disk bit by bit: flushed at once at the end, it would hold up the journal's
    // flushes.
    private const long FlushEveryBytes = 4 * 1024 * 1024;

    private long _unflushed;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = file.Read(buffer, Position);
        Position += read;
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        file.Write(buffer, Position);
        Position += buffer.Length;
        _unflushed += buffer.Length;
        if (_unflushed >= FlushEveryBytes)
        {
            file.Flush();
            _unflushed = 0;
        }
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void SetLength(long value) => file.SetLength(value);

    public override void Flush()
    {
        // LiteDB asks often and needs nothing: the file counts only once it was flushed as a whole and renamed.
    }
}
