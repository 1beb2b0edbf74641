using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// The objects of an informer by something other than their key: their namespace, their owner, the node they run on.
/// Reads take no lock and see every change the informer has told its subscribers about.
/// </summary>
public sealed class ObjectIndex<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Func<T, IEnumerable<string>> _keysOf;
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<ObjectKey, T>> _buckets = new();

    internal ObjectIndex(Func<T, IEnumerable<string>> keysOf) => _keysOf = keysOf;

    /// <summary>The objects under a key, in no order; empty when there are none.</summary>
    public IEnumerable<T> this[string key]
        => _buckets.TryGetValue(key, out var bucket) ? bucket.Select(static entry => entry.Value) : [];

    /// <summary>Every key that has an object.</summary>
    public IEnumerable<string> Keys => _buckets.Select(static bucket => bucket.Key);

    /// <summary>How many objects are under a key.</summary>
    public int CountOf(string key) => _buckets.TryGetValue(key, out var bucket) ? bucket.Count : 0;

    /// <summary>Moves one object from where it was to where it is. Only the informer's one writer calls this.</summary>
    internal void Change(ObjectKey key, T? old, T? current)
    {
        if (current is not null)
        {
            foreach (var value in _keysOf(current))
            {
                // One writer: one lock stripe is enough and keeps the many small buckets small.
                _buckets.GetOrAdd(value, static _ => new ConcurrentDictionary<ObjectKey, T>(1, 4))[key] = current;
            }
        }

        if (old is not null)
        {
            RemoveFromFormer(key, old, current);
        }
    }

    private void RemoveFromFormer(ObjectKey key, T old, T? current)
    {
        var kept = current is null ? [] : _keysOf(current);
        foreach (var value in _keysOf(old).Except(kept))
        {
            if (_buckets.TryGetValue(value, out var bucket) && bucket.TryRemove(key, out _) && bucket.IsEmpty)
            {
                _buckets.TryRemove(value, out _);
            }
        }
    }
}
