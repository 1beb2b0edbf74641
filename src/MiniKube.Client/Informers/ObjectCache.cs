using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>The present objects of an informer and their indexes. One writer; readers take no lock.</summary>
internal sealed class ObjectCache<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ObjectKey, T> _objects = new();
    private readonly List<ObjectIndex<T>> _indexes = [];

    public int Count => _objects.Count;

    public IEnumerable<T> All => _objects.Select(static entry => entry.Value);

    public bool TryGet(ObjectKey key, [MaybeNullWhen(false)] out T item) => _objects.TryGetValue(key, out item);

    /// <summary>An index over what is here and what comes.</summary>
    public ObjectIndex<T> AddIndex(Func<T, IEnumerable<string>> keysOf)
    {
        var index = new ObjectIndex<T>(keysOf);
        lock (_gate)
        {
            foreach (var (key, item) in _objects)
            {
                index.Change(key, null, item);
            }

            _indexes.Add(index);
        }

        return index;
    }

    /// <summary>
    /// Puts an object in, or takes it out when <paramref name="current"/> is null. Returns what was there.
    /// </summary>
    public T? Change(ObjectKey key, T? current)
    {
        lock (_gate)
        {
            _objects.TryGetValue(key, out var old);
            if (current is null)
            {
                _objects.TryRemove(key, out _);
            }
            else
            {
                _objects[key] = current;
            }

            _indexes.ForEach(index => index.Change(key, old, current));
            return old;
        }
    }
}
