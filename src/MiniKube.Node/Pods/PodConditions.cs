using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// The conditions a node keeps on its pods; those of others (<c>PodScheduled</c>, readiness gates) stay as they are.
/// https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-conditions
/// </summary>
internal static class PodConditions
{
    private static readonly string[] Ours =
        ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady"];

    /// <summary>True for a condition only the node writes.</summary>
    public static bool IsOurs(string type) => Ours.Contains(type);

    public static IList<V1PodCondition> Of(PodView view, string phase, IReadOnlyList<V1ContainerStatus> main)
    {
        var containersReady = ContainersReady(view, phase, main);
        V1PodCondition[] wanted =
        [
            Condition("PodReadyToStartContainers", view.Sandbox is not null),
            Initialized(view, phase),
            Ready(view, containersReady),
            containersReady,
        ];
        var before = view.Pod.Status?.Conditions ?? [];
        return
        [
            .. wanted.Select(condition => KeepTime(view, condition, before)),
            .. before.Where(condition => !IsOurs(condition.Type)),
        ];
    }

    private static V1PodCondition Initialized(PodView view, string phase)
    {
        if (phase == PodPhases.Succeeded)
        {
            return Condition("Initialized", true, "PodCompleted");
        }

        var incomplete = view.Containers.Where(container => IsIncomplete(view, container)).Select(container => container.Name);
        return WithNames("Initialized", "ContainersNotInitialized", "containers with incomplete status", [.. incomplete]);
    }

    private static bool IsIncomplete(PodView view, ContainerView container)
    {
        var hasBegun = view.Main.Any(main => main.Current is not null);
        return container.Role switch
        {
            ContainerRole.Init => !container.HasSucceeded && !hasBegun,
            ContainerRole.Sidecar => !container.IsStarted && !hasBegun,
            _ => false,
        };
    }

    private static V1PodCondition ContainersReady(PodView view, string phase, IReadOnlyList<V1ContainerStatus> main)
    {
        if (PodPhases.IsFinal(phase))
        {
            return Condition("ContainersReady", false, phase == PodPhases.Succeeded ? "PodCompleted" : "PodFailed");
        }

        var sidecars = view.Sidecars.Where(sidecar => !sidecar.IsReady).Select(sidecar => sidecar.Name);
        var unready = sidecars.Concat(main.Where(status => !status.Ready).Select(status => status.Name));
        return WithNames("ContainersReady", "ContainersNotReady", "containers with unready status", [.. unready]);
    }

    private static V1PodCondition Ready(PodView view, V1PodCondition containersReady)
    {
        if (containersReady.Status != "True")
        {
            return containersReady with { Type = "Ready" };
        }

        var missing = (view.Pod.Spec.ReadinessGates ?? [])
            .Where(gate => view.Pod.Status?.Conditions?.Any(
                condition => condition.Type == gate.ConditionType && condition.Status == "True") != true)
            .Select(gate => $"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.")
            .ToList();
        return missing.Count == 0
            ? Condition("Ready", true)
            : Condition("Ready", false, "ReadinessGatesNotReady", string.Join(", ", missing));
    }

    private static V1PodCondition WithNames(string type, string reason, string problem, string[] names)
        => names.Length == 0
            ? Condition(type, true)
            : Condition(type, false, reason, $"{problem}: [{string.Join(' ', names)}]");

    private static V1PodCondition Condition(string type, bool holds, string? reason = null, string? message = null)
        => new() { Type = type, Status = holds ? "True" : "False", Reason = reason, Message = message };

    /// <summary>A condition keeps the time it last turned, so that a status only differs when something did.</summary>
    private static V1PodCondition KeepTime(PodView view, V1PodCondition condition, IList<V1PodCondition> before)
    {
        var old = before.FirstOrDefault(one => one.Type == condition.Type);
        var turned = old?.Status == condition.Status ? old.LastTransitionTime : view.Now.UtcDateTime;
        return condition with { LastTransitionTime = turned, ObservedGeneration = view.Pod.Metadata.Generation };
    }
}
