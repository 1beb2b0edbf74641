using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>Collects what arrives until it is a whole frame.</summary>
internal sealed class FrameReader
{
    private byte[] _buffer = new byte[4096];
    private int _length;

    /// <summary>What arrived is not a frame.</summary>
    public bool Broken { get; private set; }

    /// <summary>Reads once: 0 is the end, null is nothing now.</summary>
    public int? ReadFrom(int descriptor)
    {
        if (_length == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = Kernel.Read(descriptor, _buffer.AsSpan(_length));
        _length += read ?? 0;
        return read;
    }

    public bool TryTake(out FrameKind kind, out byte[] payload)
    {
        (kind, payload) = (default, []);
        if (_length < Wire.HeaderBytes || Broken)
        {
            return false;
        }

        var length = Wire.PayloadLength(_buffer);
        Broken = length < 0;
        if (Broken || _length < Wire.HeaderBytes + length)
        {
            return false;
        }

        kind = (FrameKind)_buffer[4];
        payload = _buffer.AsSpan(Wire.HeaderBytes, length).ToArray();
        _length -= Wire.HeaderBytes + length;
        _buffer.AsSpan(Wire.HeaderBytes + length, _length).CopyTo(_buffer);
        return true;
    }
}
