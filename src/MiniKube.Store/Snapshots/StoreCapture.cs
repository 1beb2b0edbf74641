using System.Buffers;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Everything that was durable at one moment, to be copied out while the store goes on: writes after that moment are not
/// in it, however long the copying takes. Holds the objects in memory until it is let go. Thread-safe.
/// </summary>
public sealed class StoreCapture
{
    // What is handed to the stream at once: enough for a file system, little for the memory.
    private const int BytesPerWrite = 256 * 1024;

    private readonly Snapshot _snapshot;

    private readonly DiskForm _form;

    internal StoreCapture(Snapshot snapshot, DiskForm form)
    {
        _snapshot = snapshot;
        _form = form;
        Counts = snapshot.Resources
            .Where(static one => one.Value.Count > 0)
            .OrderBy(static one => one.Key, StringComparer.Ordinal)
            .ToDictionary(static one => one.Key, static one => one.Value.Count);
    }

    /// <summary>The newest revision in it.</summary>
    public Revision Revision => _snapshot.Current;

    /// <summary>How many objects there are of each resource that has any.</summary>
    public IReadOnlyDictionary<string, int> Counts { get; }

    /// <summary>The JSON of all objects together.</summary>
    public long JsonBytes => _snapshot.LiveBytes;

    /// <summary>The object of that moment, or null.</summary>
    public StoredObject? Find(ResourceKey key) => _snapshot[key.Resource].Find(key);

    /// <summary>
    /// Writes all objects, in list order, as records of the journal's form (see <c>ObjectRecord</c>) one after the other; what
    /// is sealed on the disk is sealed there too.
    /// <see cref="StoreContent.Read"/> reads them back.
    /// </summary>
    public void WriteTo(Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var records = new ArrayBufferWriter<byte>(BytesPerWrite * 2);
        foreach (var resource in Counts.Keys)
        {
            foreach (var item in ObjectsOf(resource))
            {
                _form.ToDisk(ObjectRecord.Of(StoreEventType.Created, item)).Write(records);
                if (records.WrittenCount >= BytesPerWrite)
                {
                    Flush(records, output, cancellationToken);
                }
            }
        }

        Flush(records, output, cancellationToken);
    }

    private static void Flush(ArrayBufferWriter<byte> records, Stream output, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        output.Write(records.WrittenSpan);
        records.ResetWrittenCount();
    }

    private StoredObject[] ObjectsOf(string resource)
    {
        var all = new StoredObject[_snapshot[resource].Count];
        _snapshot[resource].CopyTo(0, all);
        return all;
    }
}
