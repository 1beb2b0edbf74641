using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Rebuilds the memory at start from what the disk has, checking that it makes sense. Not thread-safe.
/// </summary>
internal sealed class Recovery(StoreMemory memory, DiskForm form)
{
    // Publishing one by one would copy the table of resources for each write.
    private const int ChangesPerPublish = 1_024;

    private readonly NewestObjects _newest = new(memory.Snapshot);
    private readonly List<Change> _changes = [];

    /// <summary>The newest revision so far.</summary>
    public Revision Revision => _newest.Revision;

    /// <summary>
    /// Applies the next write; one that is already in the image is skipped. False when it cannot have happened.
    /// </summary>
    public bool TryApply(in ObjectRecord record)
    {
        if (record.Revision <= Revision)
        {
            return true;
        }

        if (record.Revision != Revision.Next || ToEvent(form.FromDisk(record), _newest.Find(record.Key)) is not { } written)
        {
            return false;
        }

        _changes.Add(_newest.Apply(written));
        if (_changes.Count == ChangesPerPublish)
        {
            Publish();
        }

        return true;
    }

    /// <summary>Makes everything applied visible and returns what further writes are checked against.</summary>
    public NewestObjects Finish()
    {
        if (_changes.Count > 0)
        {
            Publish();
        }

        return _newest;
    }

    private static StoreEvent? ToEvent(in ObjectRecord record, StoredObject? previous) => (record.Type, previous) switch
    {
        (StoreEventType.Created, null) => new StoreEvent(record.Type, record.ToObject(), null),
        (StoreEventType.Modified, not null)
            => new StoreEvent(record.Type, (record with { Key = previous.Key }).ToObject(), previous),
        (StoreEventType.Deleted, not null)
            => new StoreEvent(record.Type, Stamp.Deleted(previous, record.Revision), previous),
        _ => null,
    };

    private void Publish()
    {
        memory.Publish(_changes);
        _changes.Clear();
    }
}
