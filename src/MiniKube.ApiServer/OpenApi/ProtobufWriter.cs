using System.Buffers;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>Writes the fields of one message. https://protobuf.dev/programming-guides/encoding/</summary>
internal sealed class ProtobufWriter
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;

    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public void Text(int field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Delimited(field, Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>A message, written even when it is empty: that it is there may be all it says.</summary>
    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Delimited(field, inner.Written);
    }

    public void Flag(int field, bool value)
    {
        if (value)
        {
            Number(field, 1);
        }
    }

    public void Number(int field, long value)
    {
        Key(field, Varint);
        WriteVarint((ulong)value);
    }

    public void Real(int field, double value)
    {
        Key(field, Fixed64);
        BitConverter.TryWriteBytes(_buffer.GetSpan(sizeof(double)), value);
        _buffer.Advance(sizeof(double));
    }

    private void Delimited(int field, ReadOnlySpan<byte> value)
    {
        Key(field, Bytes);
        WriteVarint((ulong)value.Length);
        _buffer.Write(value);
    }

    private void Key(int field, int wireType) => WriteVarint((ulong)((field << 3) | wireType));

    private void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    private void WriteByte(byte value)
    {
        _buffer.GetSpan(1)[0] = value;
        _buffer.Advance(1);
    }
}
