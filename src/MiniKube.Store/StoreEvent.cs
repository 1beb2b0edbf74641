namespace MiniKube.Store;

/// <summary>What a write did.</summary>
public enum StoreEventType
{
    /// <summary>The object is new.</summary>
    Created,

    /// <summary>The object was there and changed.</summary>
    Modified,

    /// <summary>The object is gone; the event carries its last state with the revision of the deletion in it.</summary>
    Deleted,
}

/// <summary>One entry of the store's history. Immutable, one instance for all watchers.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after the write; its revision is the event's revision.</param>
/// <param name="Previous">The object before the write; null only for <see cref="StoreEventType.Created"/>.</param>
public sealed record StoreEvent(StoreEventType Type, StoredObject Object, StoredObject? Previous);
