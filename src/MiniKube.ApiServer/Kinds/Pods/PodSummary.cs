using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// A pod in one line, as <c>kubectl get pods</c> shows it: how many containers are ready, the most telling reason, restarts.
/// </summary>
internal sealed record PodSummary(int Ready, int Containers, string Reason, int Restarts, DateTime? LastRestart)
{
    public string ReadyText => $"{Ready}/{Containers}";

    public static PodSummary Of(V1Pod pod)
    {
        var status = pod.Status ?? new V1PodStatus();
        var sidecars = (pod.Spec.InitContainers ?? []).Where(IsSidecar).Select(container => container.Name).ToHashSet();
        var init = InitProgress.Of(status.InitContainerStatuses ?? [], sidecars, pod.Spec.InitContainers?.Count ?? 0);
        var main = MainProgress.Of(status.ContainerStatuses ?? [], HasTrueCondition(status, "Ready"));
        var total = (pod.Spec.Containers?.Count ?? 0) + sidecars.Count;
        var pending = init.Reason is not null && !HasTrueCondition(status, "Initialized");
        var reason = pending ? init.Reason! : main.Reason ?? init.Reason ?? OwnReason(status);
        return pending
            ? new PodSummary(init.Ready, total, Final(pod, reason), init.Restarts.Count, init.Restarts.Last)
            : new PodSummary(init.Ready + main.Ready, total, Final(pod, reason),
                init.SidecarRestarts.Count + main.Restarts.Count, Later(init.SidecarRestarts.Last, main.Restarts.Last));
    }

    /// <summary><c>3 (2m ago)</c>.</summary>
    public string RestartsText(DateTimeOffset now)
        => Restarts > 0 && LastRestart is not null ? $"{Restarts} ({ColumnText.Since(LastRestart, now)} ago)" : $"{Restarts}";

    /// <summary>How many of the pod's readiness gates are open; null when it has none.</summary>
    public static string? ReadinessGates(V1Pod pod)
    {
        var gates = pod.Spec.ReadinessGates ?? [];
        var open = gates.Count(gate => HasTrueCondition(pod.Status ?? new V1PodStatus(), gate.ConditionType));
        return gates.Count == 0 ? null : $"{open}/{gates.Count}";
    }

    internal static DateTime? Later(DateTime? one, DateTime? other) => one is null || other > one ? other : one;

    private static string OwnReason(V1PodStatus status)
    {
        var gated = (status.Conditions ?? []).Any(one => one is { Type: "PodScheduled", Reason: "SchedulingGated" });
        var reason = string.IsNullOrEmpty(status.Reason) ? status.Phase : status.Reason;
        return gated ? "SchedulingGated" : reason ?? "";
    }

    private static string Final(V1Pod pod, string reason)
    {
        if (pod.Metadata.DeletionTimestamp is null)
        {
            return reason;
        }

        if (pod.Status?.Reason == "NodeLost")
        {
            return "Unknown";
        }

        return pod.Status?.Phase is "Succeeded" or "Failed" ? reason : "Terminating";
    }

    private static bool IsSidecar(V1Container container) => container.RestartPolicy == "Always";

    private static bool HasTrueCondition(V1PodStatus status, string type)
        => (status.Conditions ?? []).Any(condition => condition.Type == type && condition.Status == "True");
}
