using System.Net;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>What every status on this node says besides the pod's own state.</summary>
internal sealed record NodeFacts(string RuntimeName, IPAddress NodeIp);

/// <summary>Makes a pod's status from its view. Pure: same view, same status.</summary>
internal static class PodStatusBuilder
{
    /// <param name="view">The pod, with the last status written or read in <c>Pod.Status</c>.</param>
    /// <param name="isOver">Every container has ended for good: the phase is the last one.</param>
    /// <param name="facts">The node.</param>
    public static V1PodStatus Build(PodView view, bool isOver, NodeFacts facts)
    {
        var init = Statuses(view, facts, ContainerRole.Init, ContainerRole.Sidecar);
        var main = Statuses(view, facts, ContainerRole.Main);
        var ephemeral = Statuses(view, facts, ContainerRole.Ephemeral);
        var phase = PodPhases.Of(view, isOver, main);
        var before = view.Pod.Status ?? new V1PodStatus();
        var podIp = PodIp(view, facts) ?? before.PodIP;
        return before with
        {
            Phase = phase,
            Reason = view.IsOverdue ? "DeadlineExceeded" : before.Reason,
            Message = view.IsOverdue
                ? "Pod was active on the node longer than the specified deadline"
                : before.Message,
            Conditions = PodConditions.Of(view, phase, main),
            InitContainerStatuses = init,
            ContainerStatuses = main,
            EphemeralContainerStatuses = ephemeral.Count > 0 ? ephemeral : null,
            HostIP = facts.NodeIp.ToString(),
            HostIPs = [new V1HostIP { Ip = facts.NodeIp.ToString() }],
            PodIP = podIp,
            PodIPs = podIp is null ? null : [new V1PodIP { Ip = podIp }],
            StartTime = before.StartTime ?? view.Now.UtcDateTime,
            QosClass = before.QosClass ?? QosClasses.Of(view.Pod),
            ObservedGeneration = view.Pod.Metadata.Generation,
        };
    }

    private static List<V1ContainerStatus> Statuses(PodView view, NodeFacts facts, params ContainerRole[] roles)
        => [.. view.Containers
            .Where(container => roles.Contains(container.Role))
            .Select(container => ContainerStatuses.Of(view, container, facts.RuntimeName))];

    private static string? PodIp(PodView view, NodeFacts facts)
    {
        if (view.Sandbox is not { } sandbox)
        {
            return null;
        }

        return view.Pod.Spec.HostNetwork == true ? facts.NodeIp.ToString() : sandbox.Ip?.ToString();
    }
}
