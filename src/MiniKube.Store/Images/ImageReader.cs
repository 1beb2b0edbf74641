using System.Collections.Immutable;
using LiteDB;
using LiteDB.Engine;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>Reads an image. LiteDB has no checksums, so the file is checked as a whole before LiteDB sees it.</summary>
internal sealed class ImageReader(IDisk disk, DiskForm form)
{
    /// <summary>The objects of the image; history starts at its revision.</summary>
    /// <exception cref="InvalidDataException">The file is not as it was written.</exception>
    public Snapshot Read(ImageName name)
    {
        using var file = disk.Open(name.ToString());
        var checksum = FileChecksum.Of(file);
        if (checksum != name.Checksum)
        {
            throw new InvalidDataException($"its checksum is {checksum:x8}, its name says {name.Checksum:x8}");
        }

        return Read(file, name.Revision, form);
    }

    /// <summary>The objects of an image file, whatever its name.</summary>
    public static Snapshot Read(IDiskFile file, Revision revision, DiskForm form)
    {
        using var log = new MemoryStream();
        using var data = new DiskStream(file);
        using var engine = new LiteEngine(new EngineSettings { DataStream = data, LogStream = log, ReadOnly = true });
        var head = ReadHead(engine, revision);
        var snapshot = ReadObjects(engine, revision, form);
        var count = snapshot.Resources.Values.Sum(static objects => objects.Count);
        return count == head["objects"].AsInt32
            ? snapshot
            : throw new InvalidDataException($"it has {count} of {head["objects"].AsInt32} objects");
    }

    private static BsonDocument ReadHead(LiteEngine engine, Revision revision)
    {
        using var heads = engine.Query(ImageWriter.HeadCollection, new Query());
        if (!heads.Read() || heads.Current.AsDocument is not { } head)
        {
            throw new InvalidDataException("it does not say what it is of");
        }

        var format = head["format"].AsInt32;
        if (format is < 1 or > ImageWriter.FormatVersion)
        {
            throw new InvalidDataException($"it has format {format}, this version reads {ImageWriter.FormatVersion}");
        }

        return head["revision"].AsInt64 == revision.Value
            ? head
            : throw new InvalidDataException($"it is of revision {head["revision"].AsInt64}");
    }

    private static Snapshot ReadObjects(LiteEngine engine, Revision revision, DiskForm form)
    {
        var resources = ImmutableDictionary.CreateBuilder<string, ObjectTree>();
        var live = 0L;
        using var blocks = engine.Query(ImageWriter.BlockCollection, new Query());
        while (blocks.Read())
        {
            var block = blocks.Current.AsDocument;
            var resource = block["resource"].AsString;
            var objects = resources.GetValueOrDefault(resource, ObjectTree.Empty);
            foreach (var item in ImageBlock.Read(block, form))
            {
                objects = objects.With(item);
                live += item.Json.Length;
            }

            resources[resource] = objects;
        }

        return new Snapshot(revision, Compacted: revision, resources.ToImmutable(), live);
    }
}
