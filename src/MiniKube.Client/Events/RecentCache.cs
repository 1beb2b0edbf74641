using System.Diagnostics.CodeAnalysis;

namespace MiniKube.Client;

/// <summary>
/// The last so many things used, by key; the one not used for longest is forgotten first. Not thread-safe.
/// </summary>
internal sealed class RecentCache<T>(int entriesMax)
{
    private readonly Dictionary<string, LinkedListNode<(string Key, T Value)>> _byKey = [];
    private readonly LinkedList<(string Key, T Value)> _byUse = new();

    public bool TryGet(string key, [MaybeNullWhen(false)] out T value)
    {
        if (!_byKey.TryGetValue(key, out var node))
        {
            value = default;
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    public void Set(string key, T value)
    {
        if (_byKey.Remove(key, out var former))
        {
            _byUse.Remove(former);
        }

        _byKey[key] = _byUse.AddFirst((key, value));
        if (_byKey.Count > entriesMax)
        {
            _byKey.Remove(_byUse.Last!.Value.Key);
            _byUse.RemoveLast();
        }
    }
}
