namespace MiniKube.Runtimes;

/// <summary>What the embedded runtime needs of the machine.</summary>
internal static class EmbeddedRequirements
{
    public static string? WhyUnavailable()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "the embedded runtime needs Linux";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return "the embedded runtime needs root: run with sudo";
        }

        if (!NativePrograms.Available)
        {
            return "this build carries no container monitor; build it on Linux";
        }

        if (!File.ReadAllText("/proc/filesystems").Contains("\toverlay\n", StringComparison.Ordinal))
        {
            return "the kernel has no overlay file system: run 'modprobe overlay'";
        }

        return OperatingSystem.IsLinux() && Directory.Exists("/proc/self/ns")
            && File.Exists("/proc/self/ns/pid") && File.Exists("/proc/self/ns/net") && File.Exists("/proc/self/ns/cgroup")
            ? null
            : "the kernel has no namespaces for processes, network or cgroups";
    }
}
