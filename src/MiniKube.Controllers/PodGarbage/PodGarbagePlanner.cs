using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Why a pod is removed without its node.</summary>
internal enum PodGarbage
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Its node is not there any more.</summary>
    NodeGone,

    /// <summary>It was to end before it had a node.</summary>
    NeverScheduled,

    /// <summary>Somebody has said that its node is out of service, so it will not come back with the pod running.</summary>
    OutOfService,
}

/// <summary>
/// Which pods nobody will end. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-garbage-collection
/// </summary>
internal static class PodGarbagePlanner
{
    private const string OutOfServiceTaint = "node.kubernetes.io/out-of-service";

    /// <param name="pod">The pod.</param>
    /// <param name="node">Its node; null when it has none or that is not there.</param>
    public static PodGarbage Judge(V1Pod pod, V1Node? node)
    {
        if (string.IsNullOrEmpty(pod.Spec.NodeName))
        {
            return pod.IsDeleting() ? PodGarbage.NeverScheduled : PodGarbage.None;
        }

        if (node is null)
        {
            return PodGarbage.NodeGone;
        }

        var isOut = (node.Spec?.Taints ?? []).Any(static taint => taint.Key == OutOfServiceTaint);
        return isOut && pod.IsDeleting() && !ZonePlanner.IsReady(node) ? PodGarbage.OutOfService : PodGarbage.None;
    }

    /// <summary>The finished pods beyond the number that is kept, oldest first, evicted ones before all others.</summary>
    public static IEnumerable<V1Pod> Surplus(IEnumerable<V1Pod> pods, int kept)
    {
        var finished = pods.Where(static pod => pod.IsFinished() && !pod.IsDeleting()).ToList();
        return finished
            .OrderByDescending(static pod => pod.Status.Reason == "Evicted")
            .ThenBy(static pod => pod.Metadata.CreationTimestamp)
            .ThenBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)
            .Take(Math.Max(0, finished.Count - kept));
    }
}
