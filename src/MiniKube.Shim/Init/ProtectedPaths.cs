namespace MiniKube.Shim;

/// <summary>What of /proc and /sys a container must not see, or not change: the lists Docker and containerd use.</summary>
internal static class ProtectedPaths
{
    private static readonly string[] Masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
        "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ];

    private static readonly string[] ReadOnly =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static void Protect(MountTarget target)
    {
        foreach (var path in ReadOnly)
        {
            target.ProtectFromWriting(path);
        }

        foreach (var path in Masked)
        {
            if (target.IsDirectory(path))
            {
                target.Cover("tmpfs", path, "tmpfs", Kernel.MountReadOnly);
            }
            else
            {
                target.Cover("/dev/null", path, null, Kernel.MountBind);
            }
        }
    }
}
