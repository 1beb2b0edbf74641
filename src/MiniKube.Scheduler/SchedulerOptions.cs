using System.Collections.Immutable;

namespace MiniKube.Scheduler;

/// <summary>How the scheduler works. Checked when it is made.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Pods that name this scheduler, or none, are ours. <c>default-scheduler</c>, as in Kubernetes.</summary>
    public string Name { get; init; } = "default-scheduler";

    /// <summary>Names of filters that are not asked; none.</summary>
    public ImmutableArray<string> DisabledFilters { get; init; } = [];

    /// <summary>
    /// Bindings under way at once. 64: enough for the store to put many into one disk write, few enough to be fair to
    /// others.
    /// </summary>
    public int BindingsMax { get; init; } = 64;
}
