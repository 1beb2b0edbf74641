using System.Collections.Immutable;

namespace MiniKube.Scheduler;

/// <summary>The scores there are.</summary>
internal static class ScoreCatalog
{
    /// <summary>All of them count, each by its weight. Adding one is one line here.</summary>
    public static ImmutableArray<INodeScore> All { get; } =
    [
        new LeastAllocatedScore(),
        new BalancedAllocationScore(),
        new OwnerSpreadScore(),
        new TaintTolerationScore(),
        new NodeAffinityScore(),
    ];
}
