using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// What a store event means to one watcher: a change of a label or field can make an object appear or vanish.
/// </summary>
internal static class WatchChange
{
    /// <summary>The event as the selection sees it, or null when it does not concern it.</summary>
    public static ObjectEventType? Classify(StoreEvent change, Selection selection)
    {
        if (selection.IsEverything)
        {
            return change.Type switch
            {
                StoreEventType.Created => ObjectEventType.Added,
                StoreEventType.Modified => ObjectEventType.Modified,
                _ => ObjectEventType.Deleted,
            };
        }

        var before = change.Previous is { } previous && selection.Matches(previous);
        var after = change.Type != StoreEventType.Deleted && selection.Matches(change.Object);
        return (before, after) switch
        {
            (false, true) => ObjectEventType.Added,
            (true, true) => ObjectEventType.Modified,
            (true, false) => ObjectEventType.Deleted,
            _ => null,
        };
    }
}
