using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>When a pod has to leave a node because of its taints.</summary>
internal static class EvictionPlanner
{
    /// <summary>
    /// Null when it may stay; otherwise the moment, which may have passed: at once for a taint nothing tolerates, else
    /// when the first toleration with a time limit runs out.
    /// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions
    /// </summary>
    public static DateTimeOffset? LeavesAt(V1Pod pod, IEnumerable<V1Taint> taints, DateTimeOffset now)
    {
        DateTimeOffset? earliest = null;
        foreach (var taint in taints.Where(static taint => taint.Effect == "NoExecute"))
        {
            var since = taint.TimeAdded is { } added ? PodStates.Utc(added) : now;
            if (LimitOf(pod, taint) is { } limit && (earliest is null || since + limit < earliest))
            {
                earliest = since + limit;
            }
        }

        return earliest;
    }

    // How long the pod puts up with the taint: null for ever, nothing when it does not at all.
    private static TimeSpan? LimitOf(V1Pod pod, V1Taint taint)
    {
        var matching = (pod.Spec.Tolerations ?? []).Where(one => one.Tolerates(taint)).ToList();
        if (matching.Count == 0)
        {
            return TimeSpan.Zero;
        }

        var seconds = matching.Where(static one => one.TolerationSeconds is not null).Min(static one => one.TolerationSeconds);
        return seconds is null ? null : TimeSpan.FromSeconds(Math.Max(0, seconds.Value));
    }
}
