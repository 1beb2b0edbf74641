namespace MiniKube.Runtimes;

/// <summary>What a container uses, as the kernel counts it. Null where this machine does not count.</summary>
public sealed record ContainerUsage
{
    /// <summary>The container.</summary>
    public required string ContainerId { get; init; }

    /// <summary>When it was counted.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>CPU time since its start, in nanoseconds; only grows.</summary>
    public long? CpuNanoseconds { get; init; }

    /// <summary>Memory that cannot be given back without harm: used, less the file cache that was not touched lately.</summary>
    public long? WorkingSetBytes { get; init; }

    /// <summary>All memory it uses, file cache included.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Anonymous memory.</summary>
    public long? RssBytes { get; init; }
}
