namespace MiniKube.Scheduler;

/// <summary>A reason why a pod cannot run on a node.</summary>
/// <param name="Reason">As users read it, the same for every node it is true of.</param>
/// <param name="IsFinal">True when removing pods from the node would not help.</param>
internal sealed record Rejection(string Reason, bool IsFinal = true);

/// <summary>Says why a node does not suit the pod the check was prepared for; empty when it does.</summary>
internal delegate IReadOnlyList<Rejection> NodeCheck(NodeView node);

/// <summary>
/// One condition a node must meet. Pure: no I/O, no clock, no state.
/// https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins
/// </summary>
internal interface INodeFilter
{
    /// <summary>Kubernetes' name of the plugin, as in configuration and events.</summary>
    string Name { get; }

    /// <summary>Which changes can make a node suitable that was rejected.</summary>
    ClusterChanges WokenBy { get; }

    /// <summary>What is to be checked of each node for this pod; null when the pod does not care.</summary>
    NodeCheck? Prepare(PodView pod, ClusterSnapshot cluster);
}

/// <summary>What can happen in a cluster that lets a waiting pod run.</summary>
[Flags]
internal enum ClusterChanges
{
    None = 0,

    /// <summary>A node came, or its labels, taints, resources or schedulability changed.</summary>
    Node = 1,

    /// <summary>A pod left its node.</summary>
    PodLeft = 2,

    /// <summary>A pod came to a node, or the labels of one changed.</summary>
    PodPlaced = 4,
}
