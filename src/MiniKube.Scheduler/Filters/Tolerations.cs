using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>Which taints a pod puts up with.</summary>
internal static class Tolerations
{
    /// <summary>The taint that a cordoned node carries.</summary>
    public static V1Taint Unschedulable { get; } = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };

    public static bool Cover(IList<V1Toleration> tolerations, V1Taint taint)
    {
        foreach (var toleration in tolerations)
        {
            if (toleration.Tolerates(taint))
            {
                return true;
            }
        }

        return false;
    }
}
