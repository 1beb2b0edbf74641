using System.Collections.Concurrent;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// What each set has written that the cache of pods may not show yet. Before a set decides, the cache is waited for up
/// to its last creation, so no pod is ever created twice; a pod whose deletion was accepted counts as gone although the
/// cache still shows it.
/// </summary>
internal sealed class PodWrites(Informer<V1Pod> pods)
{
    private readonly CacheBarrier<V1Pod> _created = new(pods);
    private readonly ConcurrentDictionary<ObjectKey, ConcurrentDictionary<string, byte>> _deletedUids = new();

    /// <summary>Waits until the cache has every pod the set has created.</summary>
    public Task CaughtUpAsync(ObjectKey set, CancellationToken cancellationToken)
        => _created.CaughtUpAsync(set, cancellationToken);

    /// <summary>The pods that count as replicas.</summary>
    public List<V1Pod> ActiveOf(ObjectKey set, IReadOnlyList<V1Pod> claimed)
    {
        var active = claimed.Where(static pod => pod.IsActive()).ToList();
        if (_deletedUids.TryGetValue(set, out var deleted) && !deleted.IsEmpty)
        {
            ForgetSeen(deleted, active);
            active.RemoveAll(pod => deleted.ContainsKey(pod.Metadata.Uid));
        }

        return active;
    }

    public void Created(ObjectKey set, V1Pod pod) => _created.Wrote(set, pod);

    public void Deleted(ObjectKey set, V1Pod pod)
        => _deletedUids.GetOrAdd(set, static _ => new ConcurrentDictionary<string, byte>()).TryAdd(pod.Metadata.Uid, 0);

    public void Forget(ObjectKey set)
    {
        _created.Forget(set);
        _deletedUids.TryRemove(set, out _);
    }

    // Once the cache shows a pod as deleted, or not at all, there is nothing left to remember.
    private static void ForgetSeen(ConcurrentDictionary<string, byte> deleted, List<V1Pod> active)
    {
        var shown = active.Select(static pod => pod.Metadata.Uid).ToHashSet();
        foreach (var uid in deleted.Keys.Where(uid => !shown.Contains(uid)).ToList())
        {
            deleted.TryRemove(uid, out _);
        }
    }
}
