namespace MiniKube.Store;

/// <summary>One write with its place in history, and the resource's objects before and after it.</summary>
internal sealed record Change(StoreEvent Event, ObjectTree Before, ObjectTree After)
{
    public string Resource => Event.Object.Key.Resource;

    /// <summary>By how much the change makes the live objects grow; negative when they shrink.</summary>
    public long LiveBytes => Event.Type == StoreEventType.Deleted
        ? -Event.Previous!.Json.Length
        : Event.Object.Json.Length - (Event.Previous?.Json.Length ?? 0);
}
