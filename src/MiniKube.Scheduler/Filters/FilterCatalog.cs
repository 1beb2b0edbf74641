using System.Collections.Immutable;

namespace MiniKube.Scheduler;

/// <summary>The filters there are.</summary>
internal static class FilterCatalog
{
    /// <summary>
    /// In the order they are asked, the cheap ones first: the first that rejects a node gives the reason. Adding one is
    /// one line here.
    /// </summary>
    public static ImmutableArray<INodeFilter> All { get; } =
    [
        new NodeUnschedulableFilter(),
        new NodeNameFilter(),
        new TaintTolerationFilter(),
        new NodeAffinityFilter(),
        new NodePortsFilter(),
        new NodeResourcesFitFilter(),
        new PodTopologySpreadFilter(),
        new InterPodAffinityFilter(),
    ];

    /// <exception cref="ArgumentException">A name is unknown; the message lists the known ones.</exception>
    public static ImmutableArray<INodeFilter> Without(IEnumerable<string> disabled)
    {
        var names = All.Select(static filter => filter.Name).ToHashSet();
        if (disabled.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"there is no scheduler filter '{unknown}'; there are: {string.Join(", ", names)}");
        }

        return [.. All.Where(filter => !disabled.Contains(filter.Name))];
    }
}
