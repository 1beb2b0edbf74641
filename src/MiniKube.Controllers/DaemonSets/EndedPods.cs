using System.Collections.Concurrent;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>
/// How long a node waits for the next pod of a daemon set after one has ended there: nothing at first, then a second,
/// and twice as long each time up to a quarter of an hour, as Kubernetes. Thread-safe; bounded by sets times nodes.
/// </summary>
internal sealed class EndedPods(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<(string Set, string Node), Ending> _byPlace = new();

    /// <summary>What is left of the wait for this pod; zero when it may be replaced now.</summary>
    public TimeSpan WaitOf(V1DaemonSet set, V1Pod pod)
    {
        var now = time.GetUtcNow();
        var ending = _byPlace.AddOrUpdate(
            (set.Metadata.Uid, DaemonPods.NodeOf(pod) ?? ""),
            _ => new Ending(pod.Metadata.Uid, TimeSpan.Zero, now),
            (_, known) => known.Pod == pod.Metadata.Uid ? known : Next(known, pod, now));
        var left = ending.Seen + ending.Wait - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    // A pod that ran for long after the last one ended starts the count again.
    private static Ending Next(Ending known, V1Pod pod, DateTimeOffset now)
    {
        if (now - known.Seen > 2 * Longest)
        {
            return new Ending(pod.Metadata.Uid, TimeSpan.Zero, now);
        }

        var wait = known.Wait == TimeSpan.Zero ? First : known.Wait * 2;
        return new Ending(pod.Metadata.Uid, wait < Longest ? wait : Longest, now);
    }

    private sealed record Ending(string Pod, TimeSpan Wait, DateTimeOffset Seen);
}
