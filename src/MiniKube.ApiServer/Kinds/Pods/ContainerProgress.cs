using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>How often containers were restarted, and when last.</summary>
internal readonly record struct RestartCount(int Count, DateTime? Last)
{
    public RestartCount Add(V1ContainerStatus status)
        => new(Count + status.RestartCount, PodSummary.Later(Last, status.LastState?.Terminated?.FinishedAt));
}

/// <summary>Where a pod's init containers are; <see cref="Reason"/> is null when they are through.</summary>
internal sealed record InitProgress(string? Reason, int Ready, RestartCount Restarts, RestartCount SidecarRestarts)
{
    public static InitProgress Of(IList<V1ContainerStatus> statuses, IReadOnlySet<string> sidecars, int total)
    {
        var progress = new InitProgress(null, 0, default, default);
        for (var index = 0; index < statuses.Count && progress.Reason is null; index++)
        {
            var status = statuses[index];
            var sidecar = sidecars.Contains(status.Name);
            progress = progress with
            {
                Restarts = progress.Restarts.Add(status),
                SidecarRestarts = sidecar ? progress.SidecarRestarts.Add(status) : progress.SidecarRestarts,
                Ready = progress.Ready + (sidecar && status is { Started: true, Ready: true } ? 1 : 0),
                Reason = sidecar && status.Started == true ? null : WaitsFor(status, index, total),
            };
        }

        return progress;
    }

    private static string? WaitsFor(V1ContainerStatus status, int index, int total) => status.State switch
    {
        { Terminated.ExitCode: 0 } => null,
        { Terminated: { } ended } => $"Init:{Endings.Of(ended)}",
        { Waiting.Reason: { Length: > 0 } reason } when reason != "PodInitializing" => $"Init:{reason}",
        _ => $"Init:{index}/{total}",
    };
}

/// <summary>Where a pod's containers are; <see cref="Reason"/> is null when they have nothing to say but the phase.</summary>
internal sealed record MainProgress(string? Reason, int Ready, RestartCount Restarts)
{
    public static MainProgress Of(IList<V1ContainerStatus> statuses, bool podReady)
    {
        string? reason = null;
        var ready = 0;
        var restarts = default(RestartCount);

        // From the last to the first, so the first container with something to say has the last word.
        foreach (var status in statuses.Reverse())
        {
            restarts = restarts.Add(status);
            var said = Says(status);
            reason = said ?? reason;
            ready += said is null && status is { Ready: true, State.Running: not null } ? 1 : 0;
        }

        if (reason == "Completed" && ready > 0)
        {
            reason = podReady ? "Running" : "NotReady";
        }

        return new MainProgress(reason, ready, restarts);
    }

    private static string? Says(V1ContainerStatus status) => status.State switch
    {
        { Waiting.Reason: { Length: > 0 } reason } => reason,
        { Terminated: { } ended } => Endings.Of(ended),
        _ => null,
    };
}

/// <summary>How a container's end is worded.</summary>
internal static class Endings
{
    public static string Of(V1ContainerStateTerminated ended)
    {
        if (!string.IsNullOrEmpty(ended.Reason))
        {
            return ended.Reason;
        }

        return ended.Signal is > 0 ? $"Signal:{ended.Signal}" : $"ExitCode:{ended.ExitCode}";
    }
}
