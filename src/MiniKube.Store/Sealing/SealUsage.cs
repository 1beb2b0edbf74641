using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>Which keys the files of a store need: every image, and the journal, whether a start would read them or not.</summary>
/// <param name="Plain">How many values of the resource are not sealed.</param>
/// <param name="Sealed">How many values each key has sealed, by its id. One object counts wherever it lies.</param>
public sealed record SealUsage(int Plain, IReadOnlyDictionary<string, int> Sealed)
{
    /// <summary>Looks at all files; a server may be writing meanwhile.</summary>
    /// <exception cref="StoreException">A file cannot be read, so nobody can tell what it needs.</exception>
    public static SealUsage Of(string directory, string resource, CancellationToken cancellationToken)
        => Of(new DirectoryDisk(directory), resource, cancellationToken);

    internal static SealUsage Of(IDisk disk, string resource, CancellationToken cancellationToken)
    {
        var plain = 0;
        var counts = new Dictionary<string, int>();
        foreach (var name in disk.List())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var record in RecordsOf(disk, name).Where(record => record.Key.Resource == resource && !record.Json.IsEmpty))
            {
                if (SealedValue.TryRead(record.Json.Span, out var keyId, out _))
                {
                    counts[keyId] = counts.GetValueOrDefault(keyId) + 1;
                }
                else
                {
                    plain++;
                }
            }
        }

        return new SealUsage(plain, counts);
    }

    private static IEnumerable<ObjectRecord> RecordsOf(IDisk disk, string name)
    {
        try
        {
            return ImageName.TryParse(name, out var image) ? OfImage(disk, image)
                : SegmentName.TryParse(name, out var first) ? OfSegment(disk, name, first)
                : [];
        }
        catch (FileNotFoundException)
        {
            return []; // A newer image has taken its place since the directory was listed.
        }
        catch (InvalidDataException damaged)
        {
            throw new StoreException($"{disk.PathOf(name)} cannot be read: {damaged.Message}", damaged);
        }
    }

    private static List<ObjectRecord> OfImage(IDisk disk, ImageName image)
        => [.. new ImageReader(disk, DiskForm.Raw).Read(image).Resources.Values.SelectMany(static tree =>
        {
            var all = new StoredObject[tree.Count];
            tree.CopyTo(0, all);
            return all.Select(static item => ObjectRecord.Of(StoreEventType.Created, item));
        })];

    private static List<ObjectRecord> OfSegment(IDisk disk, string name, Revision first)
    {
        var records = new List<ObjectRecord>();
        using var file = disk.Open(name);
        var bytes = new byte[file.Length];
        var written = bytes.AsSpan(0, file.Read(bytes, 0));
        var offset = SegmentHeader.Bytes;
        var next = first;
        while (offset < written.Length
            && FrameReader.Read(written, offset, next, out var header, out var payload) == FrameVerdict.Whole)
        {
            offset += FrameHeader.Bytes + payload.Length;
            for (var index = 0; index < header.Records && ObjectRecord.TryRead(ref payload, out var record); index++)
            {
                records.Add(record);
                next = record.Revision.Next;
            }
        }

        return records;
    }
}
