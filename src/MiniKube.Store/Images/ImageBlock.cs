using System.Buffers;
using System.IO.Compression;
using LiteDB;

namespace MiniKube.Store;

/// <summary>
/// Some successive objects of one resource, compressed together, as one LiteDB document. Objects of a kind are much
/// alike, so a block takes a fraction of the space they take one by one.
/// </summary>
internal static class ImageBlock
{
    /// <summary>
    /// A block is closed when its objects are longer than this together. 256 KiB: what compression gains stops growing.
    /// </summary>
    public const int BytesMin = 256 * 1024;

    /// <summary>The most a block can decompress to: one full block and one object of the greatest size.</summary>
    private const int BytesMax = BytesMin + Sequencer.ObjectBytesMax + (1024 * 1024);

    // The fastest: writing an image shall not cost others their processor.
    private const int Quality = 1;
    private const int WindowBits = 18; // One block.

    public static BsonDocument Write(int id, string resource, int objects, ReadOnlySpan<byte> records)
    {
        var compressed = new byte[BrotliEncoder.GetMaxCompressedLength(records.Length)];
        if (!BrotliEncoder.TryCompress(records, compressed, out var written, Quality, WindowBits))
        {
            throw new InvalidOperationException("a block does not fit the length the compressor itself asked for");
        }

        return new BsonDocument
        {
            ["_id"] = id,
            ["resource"] = resource,
            ["objects"] = objects,
            ["bytes"] = records.Length,
            ["records"] = compressed[..written],
        };
    }

    /// <summary>Reads the objects of a block.</summary>
    /// <exception cref="InvalidDataException">It is not as it was written.</exception>
    public static IReadOnlyList<StoredObject> Read(BsonDocument document, DiskForm form)
    {
        var length = document["bytes"].AsInt32;
        if (length is < 0 or > BytesMax)
        {
            throw new InvalidDataException($"a block of {length} bytes");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var records = buffer.AsSpan(0, length);
            return BrotliDecoder.TryDecompress(document["records"].AsBinary, records, out var read) && read == length
                ? ReadRecords(records, document["objects"].AsInt32, form)
                : throw new InvalidDataException("a block does not decompress");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static List<StoredObject> ReadRecords(ReadOnlySpan<byte> records, int count, DiskForm form)
    {
        var objects = new List<StoredObject>();
        while (!records.IsEmpty)
        {
            if (!ObjectRecord.TryRead(ref records, out var record))
            {
                throw new InvalidDataException("a block holds something else than objects");
            }

            objects.Add(Sharing(form.FromDisk(record), objects).ToObject());
        }

        return objects.Count == count
            ? objects
            : throw new InvalidDataException($"a block has {objects.Count} of {count} objects");
    }

    /// <summary>
    /// Neighbours share the texts of their resource and namespace: thousands of copies less in memory.
    /// </summary>
    private static ObjectRecord Sharing(in ObjectRecord record, List<StoredObject> before)
    {
        if (before is not [.., { Key: var neighbour }])
        {
            return record;
        }

        var space = record.Key.Namespace == neighbour.Namespace ? neighbour.Namespace : record.Key.Namespace;
        return record with { Key = new ResourceKey(neighbour.Resource, space, record.Key.Name) };
    }
}
