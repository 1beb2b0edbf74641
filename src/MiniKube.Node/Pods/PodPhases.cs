using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// The pod's phase from the statuses of its containers.
/// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase
/// </summary>
internal static class PodPhases
{
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";

    public static bool IsFinal(string? phase) => phase is Succeeded or Failed;

    public static string Of(PodView view, bool isOver, IReadOnlyList<V1ContainerStatus> main)
    {
        if (view.IsOverdue || view.HasFailedInit)
        {
            return isOver ? Failed : PhaseWhileStopping(main);
        }

        if (isOver)
        {
            return main.All(status => status.State.Terminated is { ExitCode: 0 }) ? Succeeded : Failed;
        }

        return HasStartedAll(main) ? Running : Pending;
    }

    /// <summary>Running once every container was started at least once, even if one waits for its next start.</summary>
    private static bool HasStartedAll(IReadOnlyList<V1ContainerStatus> main)
        => main.All(status => status.State.Running is not null
            || status.State.Terminated is not null
            || status.LastState?.Terminated is not null);

    private static string PhaseWhileStopping(IReadOnlyList<V1ContainerStatus> main)
        => HasStartedAll(main) ? Running : Pending;
}
