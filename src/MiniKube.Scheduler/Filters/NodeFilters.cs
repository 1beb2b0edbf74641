using System.Collections.Immutable;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>Nodes that were cordoned.</summary>
internal sealed class NodeUnschedulableFilter : INodeFilter
{
    private static readonly ImmutableArray<Rejection> Cordoned = [new("node(s) were unschedulable")];

    public string Name => "NodeUnschedulable";

    public ClusterChanges WokenBy => ClusterChanges.Node;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster)
        => Tolerations.Cover(pod.Tolerations, Tolerations.Unschedulable)
            ? null
            : static node => node.IsUnschedulable ? Cordoned : [];
}

/// <summary>Pods that name their node.</summary>
internal sealed class NodeNameFilter : INodeFilter
{
    private static readonly ImmutableArray<Rejection> Other = [new("node(s) didn't match the requested node name")];

    public string Name => "NodeName";

    public ClusterChanges WokenBy => ClusterChanges.Node;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster)
        => string.IsNullOrEmpty(pod.Pod.Spec.NodeName)
            ? null
            : node => node.Name == pod.Pod.Spec.NodeName ? [] : Other;
}

/// <summary>Node selectors and required node affinity.</summary>
internal sealed class NodeAffinityFilter : INodeFilter
{
    private static readonly ImmutableArray<Rejection> NoMatch = [new("node(s) didn't match Pod's node affinity/selector")];

    public string Name => "NodeAffinity";

    public ClusterChanges WokenBy => ClusterChanges.Node;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster)
        => NodeRequirements.Of(pod.Pod.Spec) is { } requirements
            ? node => requirements.Match(node.Name, node.Labels) ? [] : NoMatch
            : null;
}

/// <summary>Ports of the node that other pods have taken.</summary>
internal sealed class NodePortsFilter : INodeFilter
{
    private static readonly ImmutableArray<Rejection> Taken =
        [new("node(s) didn't have free ports for the requested pod ports", IsFinal: false)];

    public string Name => "NodePorts";

    public ClusterChanges WokenBy => ClusterChanges.Node | ClusterChanges.PodLeft;

    public NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster)
        => pod.HostPorts.IsEmpty ? null : node => IsTaken(pod, node) ? Taken : [];

    private static bool IsTaken(PodView pod, NodeView node)
        => node.Pods.Any(other => other.HostPorts.Any(taken => pod.HostPorts.Any(wanted => wanted.Conflicts(taken))));
}
