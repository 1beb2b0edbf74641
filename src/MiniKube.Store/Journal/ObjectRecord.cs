using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// One write, or one object of an image, in bytes. Little-endian: type (1), revision (8), created (8), expires in Unix
/// milliseconds or 0 (8), place of the revision in the JSON (4), length of the JSON (4), lengths of resource, namespace
/// and name (2 each), then these three in UTF-8 and the JSON. A deletion has no JSON: it is that of the object it
/// deletes.
/// </summary>
internal readonly record struct ObjectRecord(
    StoreEventType Type,
    ResourceKey Key,
    Revision Revision,
    Revision Created,
    DateTimeOffset? Expires,
    int RevisionAt,
    ReadOnlyMemory<byte> Json)
{
    /// <summary>What a record has before its texts; enough to tell its length.</summary>
    public const int FixedBytes = 39;

    /// <summary>The most a record can have: an object of the greatest size, and three names.</summary>
    public const long BytesMax
        = FixedBytes + (3L * ushort.MaxValue) + Sequencer.ObjectBytesMax + RevisionDigitsMax + SealedValue.OverheadMax;

    // The store puts them into the JSON after it has measured it.
    private const int RevisionDigitsMax = 19;

    /// <summary>The write an event is of.</summary>
    public static ObjectRecord Of(StoreEvent written)
        => written.Type == StoreEventType.Deleted
            ? Of(written.Type, written.Object) with { RevisionAt = 0, Json = default }
            : Of(written.Type, written.Object);

    public static ObjectRecord Of(StoreEventType type, StoredObject item)
        => new(type, item.Key, item.Revision, item.Created, item.Expires, item.RevisionAt, item.Json);

    /// <summary>The length of the record that begins with these bytes, if it is one; they must be <see cref="FixedBytes"/>.</summary>
    public static long LengthOf(ReadOnlySpan<byte> start)
        => FixedBytes
            + (long)BinaryPrimitives.ReadInt32LittleEndian(start[29..])
            + BinaryPrimitives.ReadUInt16LittleEndian(start[33..])
            + BinaryPrimitives.ReadUInt16LittleEndian(start[35..])
            + BinaryPrimitives.ReadUInt16LittleEndian(start[37..]);

    public StoredObject ToObject() => new(Key, Revision, Created, Json, RevisionAt) { Expires = Expires };

    public void Write(IBufferWriter<byte> output)
    {
        var resource = Encoding.UTF8.GetByteCount(Key.Resource);
        var space = Encoding.UTF8.GetByteCount(Key.Namespace);
        var name = Encoding.UTF8.GetByteCount(Key.Name);
        var bytes = FixedBytes + resource + space + name + Json.Length;
        var target = output.GetSpan(bytes)[..bytes];

        target[0] = (byte)Type;
        BinaryPrimitives.WriteInt64LittleEndian(target[1..], Revision.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[9..], Created.Value);
        BinaryPrimitives.WriteInt64LittleEndian(target[17..], Expires?.ToUnixTimeMilliseconds() ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(target[25..], RevisionAt);
        BinaryPrimitives.WriteInt32LittleEndian(target[29..], Json.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(target[33..], checked((ushort)resource));
        BinaryPrimitives.WriteUInt16LittleEndian(target[35..], checked((ushort)space));
        BinaryPrimitives.WriteUInt16LittleEndian(target[37..], checked((ushort)name));

        var rest = target[FixedBytes..];
        Encoding.UTF8.GetBytes(Key.Resource, rest);
        Encoding.UTF8.GetBytes(Key.Namespace, rest[resource..]);
        Encoding.UTF8.GetBytes(Key.Name, rest[(resource + space)..]);
        Json.Span.CopyTo(rest[(resource + space + name)..]);
        output.Advance(bytes);
    }

    /// <summary>Reads one record off the front; false when the bytes are none. The JSON is copied.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, out ObjectRecord record)
    {
        record = default;
        if (bytes.Length < FixedBytes || bytes[0] > (byte)StoreEventType.Deleted)
        {
            return false;
        }

        var json = BinaryPrimitives.ReadInt32LittleEndian(bytes[29..]);
        var resource = BinaryPrimitives.ReadUInt16LittleEndian(bytes[33..]);
        var space = BinaryPrimitives.ReadUInt16LittleEndian(bytes[35..]);
        var name = BinaryPrimitives.ReadUInt16LittleEndian(bytes[37..]);
        var rest = bytes[FixedBytes..];
        if (json < 0 || (long)resource + space + name + json > rest.Length)
        {
            return false;
        }

        var key = new ResourceKey(
            Encoding.UTF8.GetString(rest[..resource]),
            Encoding.UTF8.GetString(rest.Slice(resource, space)),
            Encoding.UTF8.GetString(rest.Slice(resource + space, name)));
        rest = rest[(resource + space + name)..];
        record = new ObjectRecord(
            (StoreEventType)bytes[0],
            key,
            new Revision(BinaryPrimitives.ReadInt64LittleEndian(bytes[1..])),
            new Revision(BinaryPrimitives.ReadInt64LittleEndian(bytes[9..])),
            ExpiresFrom(BinaryPrimitives.ReadInt64LittleEndian(bytes[17..])),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[25..]),
            rest[..json].ToArray());
        bytes = rest[json..];
        return true;
    }

    private static DateTimeOffset? ExpiresFrom(long milliseconds)
        => milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
