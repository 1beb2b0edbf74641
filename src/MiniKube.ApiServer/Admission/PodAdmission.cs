using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What the cluster, not the kind, adds to a new pod: some patience with a lost node, and a priority.
/// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
/// </summary>
internal static class PodAdmission
{
    private const string NotReady = "node.kubernetes.io/not-ready";
    private const string Unreachable = "node.kubernetes.io/unreachable";

    /// <exception cref="ApiException">The pod asks for a priority it cannot have.</exception>
    public static void Admit(V1Pod pod, LostNodePatience patience, PriorityClasses classes)
    {
        AddTolerations(pod.Spec, patience);
        PodPriority.Set(pod, classes);
    }

    private static void AddTolerations(V1PodSpec spec, LostNodePatience patience)
    {
        foreach (var (taint, seconds) in new[] { (NotReady, patience.NotReadySeconds), (Unreachable, patience.UnreachableSeconds) })
        {
            if ((spec.Tolerations ?? []).Any(one => Tolerates(one, taint)))
            {
                continue;
            }

            spec.Tolerations ??= [];
            spec.Tolerations.Add(new V1Toleration
            {
                Key = taint,
                OperatorProperty = "Exists",
                Effect = "NoExecute",
                TolerationSeconds = seconds,
            });
        }
    }

    private static bool Tolerates(V1Toleration toleration, string taint)
        => (string.IsNullOrEmpty(toleration.Key) || toleration.Key == taint)
            && (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == "NoExecute");
}
