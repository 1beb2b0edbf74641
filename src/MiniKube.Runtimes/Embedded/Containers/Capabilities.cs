namespace MiniKube.Runtimes;

/// <summary>Capabilities as a bit each (capabilities(7)).</summary>
internal static class Capabilities
{
    private const string All = "ALL";

    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE",
        "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
        "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME",
        "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG",
        "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    private static readonly ulong Everything = (1UL << Names.Length) - 1;

    // What Docker and containerd give.
    private static readonly ulong Default = Of(
    [
        "CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP",
        "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE",
    ]);

    /// <summary>
    /// What a container gets. With <c>ALL</c> in one list the other still counts, as in Kubernetes. Without a guard over the node's
    /// devices nobody but the privileged may make device nodes.
    /// </summary>
    /// <exception cref="RuntimeException">A name is unknown.</exception>
    public static ulong Of(ContainerSecurity security, bool devicesGuarded)
    {
        if (security.Privileged)
        {
            return Everything;
        }

        var (added, dropped) = (Of(security.AddCapabilities), Of(security.DropCapabilities));
        var start = added == Everything ? Everything : dropped == Everything ? 0 : Default;
        var granted = dropped == Everything ? start & ~dropped | added : (start | added) & ~dropped;
        return devicesGuarded ? granted : granted & ~Of(["MKNOD"]);
    }

    private static ulong Of(IReadOnlyList<string> names)
    {
        var set = 0UL;
        foreach (var name in names)
        {
            var index = Array.IndexOf(Names, name.ToUpperInvariant().Replace("CAP_", "", StringComparison.Ordinal));
            set |= name.Equals(All, StringComparison.OrdinalIgnoreCase) ? Everything
                : index >= 0 ? 1UL << index
                : throw new RuntimeException(RuntimeError.NotSupported, $"unknown capability '{name}'");
        }

        return set;
    }
}
