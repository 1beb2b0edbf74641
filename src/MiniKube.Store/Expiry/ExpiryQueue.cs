using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Which objects to look at when: one entry for a key, at or before the time its object expires. Whoever takes an entry
/// looks at the object itself, so a write that changes the time need not find the old entry. Not thread-safe.
/// </summary>
internal sealed class ExpiryQueue
{
    private readonly PriorityQueue<ResourceKey, DateTimeOffset> _order = new();
    private readonly Dictionary<ResourceKey, DateTimeOffset> _due = [];

    /// <summary>When to look next; null when nothing expires.</summary>
    public DateTimeOffset? Next => _order.TryPeek(out _, out var due) ? due : null;

    public void Add(in ResourceKey key, DateTimeOffset expires)
    {
        if (!_due.TryGetValue(key, out var known) || expires < known)
        {
            _due[key] = expires;
            _order.Enqueue(key, expires);
        }
    }

    /// <summary>Takes one key whose time has come; false when there is none.</summary>
    public bool TryTake(DateTimeOffset now, out ResourceKey key)
    {
        while (_order.TryPeek(out key, out var due) && due <= now)
        {
            _order.Dequeue();
            if (_due.TryGetValue(key, out var known) && known == due)
            {
                _due.Remove(key);
                return true;
            }
        }

        return false;
    }
}
