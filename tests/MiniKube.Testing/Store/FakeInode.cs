namespace MiniKube.Testing;

/// <summary>
/// A file's bytes: as programs see them, and as the disk has them. All files of a disk share one gate, so that a power
/// loss hits all of them at the same moment.
/// </summary>
internal sealed class FakeInode(Lock gate, byte[] durable)
{
    private const int SectorBytes = 512;

    private byte[] _content = [.. durable];
    private int _length = durable.Length;
    private byte[] _durable = durable;

    public byte[] Content
    {
        get
        {
            lock (gate)
            {
                return _content[.._length];
            }
        }
    }

    public long Length => Volatile.Read(ref _length);

    public int Read(Span<byte> buffer, long offset)
    {
        lock (gate)
        {
            var available = _content.AsSpan(0, _length)[(int)Math.Min(offset, _length)..];
            var read = Math.Min(available.Length, buffer.Length);
            available[..read].CopyTo(buffer);
            return read;
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        lock (gate)
        {
            var end = (int)offset + bytes.Length;
            if (end > _content.Length)
            {
                Array.Resize(ref _content, Math.Max(end, _content.Length * 2));
            }

            bytes.CopyTo(_content.AsSpan((int)offset));
            _length = Math.Max(_length, end);
        }
    }

    public void SetLength(long length)
    {
        lock (gate)
        {
            if (length > _content.Length)
            {
                Array.Resize(ref _content, (int)length);
            }
            else
            {
                _content.AsSpan((int)length).Clear();
            }

            _length = (int)length;
        }
    }

    public void Flush()
    {
        lock (gate)
        {
            _durable = _content[.._length];
        }
    }

    /// <summary>
    /// What is left after a power loss: for each sector the flushed or the newer bytes, and some length in between.
    /// </summary>
    public byte[] Crashed(Random random)
    {
        lock (gate)
        {
            var shorter = Math.Min(_durable.Length, _length);
            var longer = Math.Max(_durable.Length, _length);
            var result = new byte[random.Next(4) == 0 ? random.Next(shorter, longer + 1) : random.Next(2) == 0 ? shorter : longer];
            for (var start = 0; start < result.Length; start += SectorBytes)
            {
                var source = random.Next(2) == 0 ? _durable : _content.AsSpan(0, _length);
                var end = Math.Min(start + SectorBytes, Math.Min(result.Length, source.Length));
                if (start < end)
                {
                    source[start..end].CopyTo(result.AsSpan(start));
                }
            }

            return result;
        }
    }
}
