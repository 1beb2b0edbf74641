using k8s.Models;

namespace MiniKube.Scheduler;

/// <summary>Which taints a pod puts up with. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/</summary>
internal static class Tolerations
{
    /// <summary>The taint that a cordoned node carries.</summary>
    public static V1Taint Unschedulable { get; } = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };

    public static bool Cover(IList<V1Toleration> tolerations, V1Taint taint)
    {
        foreach (var toleration in tolerations)
        {
            if (Covers(toleration, taint))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Covers(V1Toleration toleration, V1Taint taint)
        => (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
            && (string.IsNullOrEmpty(toleration.Key)
                ? toleration.OperatorProperty == "Exists"
                : toleration.Key == taint.Key)
            && (toleration.OperatorProperty == "Exists" || (toleration.Value ?? "") == (taint.Value ?? ""));
}
