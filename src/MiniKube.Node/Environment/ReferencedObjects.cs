using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// The ConfigMaps or Secrets the node's pods refer to, each watched by name while a pod refers to it: a node reads nothing it has
/// no pod for. Thread-safe.
/// </summary>
internal sealed class ReferencedObjects<T>(IApiClient client, TimeProvider time, Random random, ILoggerFactory loggers)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Entry> _entries = [];

    /// <summary>Told which object changed, was made or went. Set once, before the first pod.</summary>
    public Action<ObjectKey> Changed { get; set; } = static _ => { };

    /// <summary>Begins to watch the object for one more pod.</summary>
    public void Acquire(ObjectKey key, CancellationToken stopping)
    {
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry))
            {
                entry.Users++;
                return;
            }

            var query = new ObjectQuery(key.Namespace, Fields: $"metadata.name={key.Name}");
            var informer = new Informer<T>(client, query, time, random, loggers);
            informer.Subscribe((changed, _, _) => Changed(changed));
            _entries.Add(key, new Entry(informer, informer.StartAsync(stopping)));
        }
    }

    /// <summary>One pod less refers to the object; the last one ends the watch.</summary>
    public async Task ReleaseAsync(ObjectKey key)
    {
        Entry? last = null;
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var entry) && --entry.Users == 0)
            {
                _entries.Remove(key);
                last = entry;
            }
        }

        if (last is not null)
        {
            await last.Informer.DisposeAsync();
            await last.Started.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The object, or null when there is none; waits for the first answer of the API. It must have been acquired.</summary>
    public async Task<T?> FindAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            entry = _entries[key];
        }

        await entry.Started.WaitAsync(cancellationToken);
        return entry.Informer.Find(key);
    }

    private sealed class Entry(Informer<T> informer, Task started)
    {
        public Informer<T> Informer { get; } = informer;

        public Task Started { get; } = started;

        public int Users { get; set; } = 1;
    }
}
