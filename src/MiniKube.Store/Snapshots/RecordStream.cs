namespace MiniKube.Store;

/// <summary>Reads records off a stream one by one, holding one at a time.</summary>
internal sealed class RecordStream(Stream input)
{
    private byte[] _buffer = new byte[64 * 1024];

    /// <exception cref="InvalidDataException">Something else than whole records is in the stream.</exception>
    public IEnumerable<ObjectRecord> ReadAll()
    {
        while (TryFill(0, ObjectRecord.FixedBytes))
        {
            yield return Read();
        }
    }

    private ObjectRecord Read()
    {
        var length = ObjectRecord.LengthOf(_buffer);
        if (length is < ObjectRecord.FixedBytes or > ObjectRecord.BytesMax)
        {
            throw new InvalidDataException($"a record of {length} bytes");
        }

        if (_buffer.Length < length)
        {
            Array.Resize(ref _buffer, (int)length);
        }

        if (length > ObjectRecord.FixedBytes && !TryFill(ObjectRecord.FixedBytes, (int)length))
        {
            throw new InvalidDataException("the last record is cut off");
        }

        ReadOnlySpan<byte> bytes = _buffer.AsSpan(0, (int)length);
        return ObjectRecord.TryRead(ref bytes, out var record) && bytes.IsEmpty
            ? record
            : throw new InvalidDataException("something else than objects is in it");
    }

    /// <summary>Fills the buffer between two places; false when the stream ended exactly before the first.</summary>
    private bool TryFill(int from, int to)
    {
        var read = input.ReadAtLeast(_buffer.AsSpan(from, to - from), to - from, throwOnEndOfStream: false);
        return read == to - from || (read == 0 ? false : throw new InvalidDataException("the last record is cut off"));
    }
}
