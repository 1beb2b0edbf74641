using System.Collections.Immutable;

namespace MiniKube.Scheduler;

/// <summary>What was decided about a pod: a node, or why there is none.</summary>
internal abstract record Placement
{
    /// <summary>The pod goes to this node.</summary>
    public sealed record On(string Node) : Placement;

    /// <summary>The pod has to wait. <paramref name="WokenBy"/> says which changes may help.</summary>
    public sealed record Nowhere(string Message, ClusterChanges WokenBy) : Placement;
}

/// <summary>Why one node did not do.</summary>
internal sealed record NodeRejection(INodeFilter Filter, ImmutableArray<Rejection> Reasons)
{
    public bool IsFinal => Reasons.Any(static reason => reason.IsFinal);
}
