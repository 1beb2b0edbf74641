using System.Runtime.InteropServices;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The objects as the newest write left them, durable or not: what the next write is checked against. Not thread-safe.
/// </summary>
internal sealed class NewestObjects
{
    private readonly Dictionary<string, ObjectTree> _resources;

    public NewestObjects(Snapshot start)
    {
        Revision = start.Current;
        _resources = new Dictionary<string, ObjectTree>(start.Resources);
    }

    /// <summary>The revision of the newest write.</summary>
    public Revision Revision { get; private set; }

    public StoredObject? Find(in ResourceKey key)
        => _resources.TryGetValue(key.Resource, out var objects) ? objects.Find(key) : null;

    /// <summary>
    /// Makes the write the newest one. Its revision is the next, and its key is free or taken as the type demands.
    /// </summary>
    public Change Apply(StoreEvent written)
    {
        var item = written.Object;
        ref var objects = ref CollectionsMarshal.GetValueRefOrAddDefault(_resources, item.Key.Resource, out _);
        var before = objects ?? ObjectTree.Empty;
        objects = written.Type == StoreEventType.Deleted ? before.Without(item.Key) : before.With(item);
        Revision = item.Revision;
        return new Change(written, before, objects);
    }
}
