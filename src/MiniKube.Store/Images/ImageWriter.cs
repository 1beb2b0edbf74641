using System.Buffers;
using LiteDB;
using LiteDB.Engine;

namespace MiniKube.Store;

/// <summary>
/// Writes the objects of a snapshot to a new LiteDB file, which gets its final name once all of it is on the disk.
/// </summary>
internal sealed class ImageWriter(IDisk disk, DiskForm form)
{
    /// <summary>The collection with the one document that says what the image is of.</summary>
    public const string HeadCollection = "image";

    /// <summary>The collection of the objects.</summary>
    public const string BlockCollection = "blocks";

    /// <summary>What this version writes; it reads the ones before too. 2: values may be sealed.</summary>
    public const int FormatVersion = 2;

    private readonly ArrayBufferWriter<byte> _records = new(ImageBlock.BytesMin * 2);

    /// <summary>
    /// Returns the name of the finished image. After an exception, nothing of it is left that counts.
    /// </summary>
    public ImageName Write(Snapshot snapshot, CancellationToken cancellationToken)
    {
        disk.Delete(ImageName.Unfinished);
        ImageName name;
        using (var file = disk.Create(ImageName.Unfinished))
        {
            WriteDatabase(file, snapshot, cancellationToken);
            file.Flush();

            // LiteDB writes on a thread of its own and does not always tell when that fails, so see that all of it is
            // there.
            ImageReader.Read(file, snapshot.Current, form);
            name = new ImageName(snapshot.Current, FileChecksum.Of(file));
        }

        disk.Rename(ImageName.Unfinished, name.ToString());
        disk.SyncDirectory();
        return name;
    }

    private void WriteDatabase(IDiskFile file, Snapshot snapshot, CancellationToken cancellationToken)
    {
        using var log = new MemoryStream();
        using var data = new DiskStream(file);
        using var engine = new LiteEngine(new EngineSettings { DataStream = data, LogStream = log });
        var blocks = 0;
        var objects = 0;
        foreach (var (resource, tree) in snapshot.Resources)
        {
            foreach (var block in BlocksOf(resource, tree, blocks))
            {
                cancellationToken.ThrowIfCancellationRequested();
                engine.Insert(BlockCollection, [block], BsonAutoId.Int32);
                blocks++;
            }

            objects += tree.Count;
        }

        engine.Insert(HeadCollection, [Head(snapshot, objects)], BsonAutoId.Int32);
        engine.Checkpoint();
    }

    private static BsonDocument Head(Snapshot snapshot, int objects) => new()
    {
        ["_id"] = 1,
        ["format"] = FormatVersion,
        ["revision"] = snapshot.Current.Value,
        ["objects"] = objects,
    };

    private IEnumerable<BsonDocument> BlocksOf(string resource, ObjectTree tree, int firstId)
    {
        var all = new StoredObject[tree.Count];
        tree.CopyTo(0, all);
        var inBlock = 0;
        _records.ResetWrittenCount();
        foreach (var item in all)
        {
            form.ToDisk(ObjectRecord.Of(StoreEventType.Created, item)).Write(_records);
            inBlock++;
            if (_records.WrittenCount >= ImageBlock.BytesMin)
            {
                yield return ImageBlock.Write(firstId++, resource, inBlock, _records.WrittenSpan);
                inBlock = 0;
                _records.ResetWrittenCount();
            }
        }

        if (inBlock > 0)
        {
            yield return ImageBlock.Write(firstId, resource, inBlock, _records.WrittenSpan);
        }
    }
}
