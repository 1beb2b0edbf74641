using k8s.Models;

namespace MiniKube.Client;

/// <summary>
/// Taints and tolerations. https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
/// </summary>
public static class TaintExtensions
{
    /// <summary>True when the toleration is meant for the taint, by key, value and effect.</summary>
    public static bool Tolerates(this V1Toleration toleration, V1Taint taint)
        => (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
            && (string.IsNullOrEmpty(toleration.Key)
                ? toleration.OperatorProperty == "Exists"
                : toleration.Key == taint.Key)
            && (toleration.OperatorProperty == "Exists" || (toleration.Value ?? "") == (taint.Value ?? ""));
}
