namespace MiniKube.Runtimes;

/// <summary>Where the embedded runtime keeps what, and under which name.</summary>
public sealed class EmbeddedRuntimeOptions
{
    /// <summary>Everything is in its <c>runtime</c> folder.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Tells the kernel objects (cgroups) of instances on one machine apart. Letters, digits and <c>-</c>.</summary>
    public required string InstanceName { get; init; }

    /// <summary>Where the cgroup file systems are mounted. /sys/fs/cgroup, where every distribution has them.</summary>
    public string CgroupRoot { get; init; } = "/sys/fs/cgroup";
}
