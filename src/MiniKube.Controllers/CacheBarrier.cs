using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// Lets a reconciler see its own writes: it notes the objects it wrote for a key, and before it decides about that key
/// again waits until the cache has come that far. So a decision is never made twice because the cache was slow.
/// Thread-safe.
/// </summary>
internal sealed class CacheBarrier<T>(Informer<T> informer)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly ConcurrentDictionary<ObjectKey, Revision> _lastWrites = new();

    public void Wrote(ObjectKey key, T written)
        => _lastWrites.AddOrUpdate(
            key,
            static (_, revision) => revision,
            static (_, known, revision) => revision > known ? revision : known,
            written.Revision());

    public Task CaughtUpAsync(ObjectKey key, CancellationToken cancellationToken)
        => _lastWrites.TryGetValue(key, out var revision)
            ? informer.WaitForAsync(revision, cancellationToken)
            : Task.CompletedTask;

    public void Forget(ObjectKey key) => _lastWrites.TryRemove(key, out _);
}
