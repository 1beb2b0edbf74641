namespace MiniKube.Runtimes;

/// <summary>A container's place in the cgroups.</summary>
/// <param name="ProcsFiles">A process belongs to the container once its number is written into each.</param>
/// <param name="Mounts">What to mount at /sys/fs/cgroup inside, as <see cref="ContainerStart.CgroupMounts"/>.</param>
/// <param name="OomCountFile">Has a line <c>oom_kill N</c>; empty without a memory controller.</param>
internal sealed record CgroupPlacement(
    IReadOnlyList<string> ProcsFiles, IReadOnlyList<string> Mounts, string OomCountFile);
