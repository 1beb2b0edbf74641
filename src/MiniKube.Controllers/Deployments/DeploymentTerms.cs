using System.Globalization;
using k8s.Models;

namespace MiniKube.Controllers;

/// <summary>Small questions about deployments and their replica sets, in Kubernetes' terms.</summary>
internal static class DeploymentTerms
{
    // The longest deadline there is means that there is none.
    private const int NoDeadline = int.MaxValue;

    public static bool IsRollingUpdate(this V1Deployment deployment)
        => deployment.Spec.Strategy?.Type is null or "RollingUpdate";

    public static bool HasProgressDeadline(this V1Deployment deployment)
        => deployment.Spec.ProgressDeadlineSeconds is { } seconds && seconds != NoDeadline;

    /// <summary>Everything runs the newest template, and what was asked for is available.</summary>
    public static bool IsComplete(this V1Deployment deployment, V1DeploymentStatus status)
    {
        var desired = deployment.Spec.Replicas ?? 1;
        return (status.UpdatedReplicas ?? 0) == desired
            && (status.Replicas ?? 0) == desired
            && (status.AvailableReplicas ?? 0) == desired
            && status.ObservedGeneration >= deployment.Metadata.Generation;
    }

    public static int Desired(this V1ReplicaSet set) => set.Spec.Replicas ?? 1;

    public static int Available(this V1ReplicaSet set) => set.Status?.AvailableReplicas ?? 0;

    public static int Actual(this V1ReplicaSet set) => set.Status?.Replicas ?? 0;

    /// <summary>A number kept in an annotation; null when it is absent or not a number.</summary>
    public static int? NumberIn(this V1ObjectMeta metadata, string annotation)
        => metadata.Annotations is { } annotations
            && annotations.TryGetValue(annotation, out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;

    /// <summary>Counts of nothing are left out of a status, as Kubernetes does.</summary>
    public static int? Shown(int count) => count == 0 ? null : count;

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
