using System.Buffers.Binary;

namespace MiniKube.ApiServer;

/// <summary>One value of a field: a number, or where bytes are.</summary>
internal readonly record struct ProtobufValue(ulong Number, Range? Bytes);

/// <summary>
/// A message cut into its fields, in the order of their numbers, with every value each has. Reads wire types 0, 1, 2 and 5; anything
/// else, and anything that ends too early, is a <see cref="FormatException"/>. https://protobuf.dev/programming-guides/encoding/
/// </summary>
internal sealed class ProtobufMessage
{
    private readonly SortedDictionary<int, List<ProtobufValue>> _fields = [];

    /// <summary>The fields; ranges are within the bytes that were read.</summary>
    public IReadOnlyDictionary<int, List<ProtobufValue>> Fields => _fields;

    public static ProtobufMessage Read(ReadOnlySpan<byte> bytes)
    {
        var message = new ProtobufMessage();
        var at = 0;
        while (at < bytes.Length)
        {
            var key = ReadVarint(bytes, ref at);
            var number = (int)(key >> 3);
            if (number == 0)
            {
                throw new FormatException("a field has the number 0");
            }

            message.Add(number, ReadValue(bytes, ref at, (int)(key & 7)));
        }

        return message;
    }

    /// <summary>The last value of a field, or null.</summary>
    public ProtobufValue? Find(int number) => _fields.TryGetValue(number, out var values) ? values[^1] : null;

    /// <summary>Numbers written one after the other in one field.</summary>
    public static IEnumerable<ulong> Unpack(byte[] packed)
    {
        var at = 0;
        while (at < packed.Length)
        {
            yield return ReadVarint(packed, ref at);
        }
    }

    private void Add(int number, ProtobufValue value)
    {
        if (!_fields.TryGetValue(number, out var values))
        {
            _fields.Add(number, values = []);
        }

        values.Add(value);
    }

    private static ProtobufValue ReadValue(ReadOnlySpan<byte> bytes, ref int at, int wireType)
    {
        switch (wireType)
        {
            case 0:
                return new ProtobufValue(ReadVarint(bytes, ref at), null);
            case 1:
                return new ProtobufValue(BinaryPrimitives.ReadUInt64LittleEndian(bytes[Take(bytes, ref at, 8)]), null);
            case 2:
                return new ProtobufValue(0, Take(bytes, ref at, ReadVarint(bytes, ref at)));
            case 5:
                return new ProtobufValue(BinaryPrimitives.ReadUInt32LittleEndian(bytes[Take(bytes, ref at, 4)]), null);
            default:
                throw new FormatException($"a field has the unknown wire type {wireType}");
        }
    }

    private static Range Take(ReadOnlySpan<byte> bytes, ref int at, ulong length)
    {
        if (length > (ulong)(bytes.Length - at))
        {
            throw new FormatException("it ends in the middle of a field");
        }

        var start = at;
        at += (int)length;
        return start..at;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int at)
    {
        const int bitsMax = 64;
        var value = 0UL;
        for (var shift = 0; shift < bitsMax; shift += 7)
        {
            if (at >= bytes.Length)
            {
                throw new FormatException("it ends in the middle of a number");
            }

            var next = bytes[at++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }

        throw new FormatException("a number is longer than 64 bits");
    }
}
