namespace MiniKube.Shim;

/// <summary>The container's /dev: the few devices every program expects, terminals of its own, or all of the node's.</summary>
internal static class DeviceNodes
{
    private const uint CharacterDevice = 0x2000;
    private const uint BlockDevice = 0x6000;
    private const uint EveryoneMayUse = 0b110_110_110;

    private static readonly (string Name, int Major, int Minor)[] Standard =
        [("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0)];

    private static readonly (string Name, string Target)[] Links =
    [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"),
        ("ptmx", "pts/ptmx"), ("core", "/proc/kcore"),
    ];

    public static void Mount(MountTarget target, bool privileged)
    {
        target.Mount("tmpfs", "/dev", "tmpfs", Kernel.MountNoSuid | Kernel.MountStrictTime, "mode=755,size=65536k");
        // Ours alone now: paths below need no more care, nothing of the image is there.
        foreach (var (name, major, minor) in Standard)
        {
            Kernel.MakeNode($"dev/{name}", CharacterDevice | EveryoneMayUse, ((ulong)major << 8) | (uint)minor);
        }

        foreach (var (name, linkTarget) in Links)
        {
            Kernel.MakeSymbolicLink(linkTarget, $"dev/{name}");
        }

        const ulong Flags = Kernel.MountNoSuid | Kernel.MountNoExec;
        target.Mount("devpts", "/dev/pts", "devpts", Flags, "newinstance,ptmxmode=0666,mode=0620,gid=5");
        target.MakeDirectory("/dev/shm");
        if (privileged)
        {
            CopyNodes("/dev", "dev");
        }
    }

    private static bool IsDevice(uint mode) => (mode & 0xF000) is CharacterDevice or BlockDevice;

    // All that the node has and is not there yet.
    private static void CopyNodes(string from, string to)
    {
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var path = $"{to}/{entry.Name}";
            if (entry is DirectoryInfo { LinkTarget: null } && entry.Name is not ("pts" or "shm" or "mqueue" or "fd"))
            {
                Kernel.MakeDirectory(path, 0b111_101_101);
                CopyNodes(entry.FullName, path);
            }
            else if (Kernel.FindNode(entry.FullName) is var (mode, device) && IsDevice(mode) && Kernel.FindNode(path) is null)
            {
                Kernel.MakeNode(path, mode, device);
            }
        }
    }
}
