using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// The container's file system, as the OCI runtime specification describes it for Linux: the image's layers under a writable one,
/// the kernel's own file systems, the pod's mounts, and then no way back to the node's.
/// https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md
/// </summary>
internal static class RootFilesystem
{
    private const ulong Plain = Kernel.MountNoSuid | Kernel.MountNoDevices | Kernel.MountNoExec;

    public static void Build(ContainerStart start)
    {
        Kernel.Mount("", "/", null, Kernel.MountRecursive | Kernel.MountSlave);
        MountLayers(start);
        Kernel.ChangeDirectory($"{start.Directory}/{SandboxFiles.Root}");
        var root = Kernel.Open(".", Kernel.PathOnly | Kernel.DirectoryOnly);
        var target = new MountTarget(root);
        target.Mount("proc", "/proc", "proc", Plain);
        DeviceNodes.Mount(target, start.Privileged);
        target.Mount("mqueue", "/dev/mqueue", "mqueue", Plain);
        target.Mount("sysfs", "/sys", "sysfs", Plain | (start.Privileged ? 0 : Kernel.MountReadOnly));
        MountCgroups(target, start);
        target.Bind($"{start.Directory}/../../{SandboxFiles.SharedMemory}", "/dev/shm", readOnly: false, MountPropagation.None);
        foreach (var mount in start.Mounts)
        {
            target.Bind(mount.Source, mount.Target, mount.ReadOnly, mount.Propagation);
        }

        if (!start.Privileged)
        {
            ProtectedPaths.Protect(target);
        }

        if (start.ReadOnlyRoot)
        {
            Kernel.Mount("", ".", null, Kernel.MountRemount | Kernel.MountBind | Kernel.MountReadOnly | Kernel.MountNoDevices);
        }

        Kernel.Close(root);
    }

    /// <summary>Makes the working directory the root and forgets the old one.</summary>
    public static void Enter()
    {
        Kernel.PivotRootHere();
        Kernel.Detach("."); // The old root lies on top of the new one now.
        Kernel.ChangeDirectory("/");
    }

    // Names relative to the layers' directory: the options must fit into one page, and a path could hold a colon or comma.
    private static void MountLayers(ContainerStart start)
    {
        Kernel.ChangeDirectory(start.LayerRoot);
        var lower = string.Join(':', start.Layers.Reverse());
        var upper = Kernel.Open(start.Directory, Kernel.PathOnly | Kernel.DirectoryOnly);
        var own = $"/proc/self/fd/{upper}";
        var options = $"lowerdir={lower},upperdir={own}/{SandboxFiles.Upper},workdir={own}/{SandboxFiles.Work}";
        Kernel.Mount("overlay", $"{start.Directory}/{SandboxFiles.Root}", "overlay", Kernel.MountNoDevices, options);
        Kernel.Close(upper);
    }

    private static void MountCgroups(MountTarget target, ContainerStart start)
    {
        var readOnly = start.Privileged ? 0 : Kernel.MountReadOnly;
        if (start.CgroupMounts is [var only] && only.StartsWith(":cgroup2", StringComparison.Ordinal))
        {
            target.Mount("cgroup", "/sys/fs/cgroup", "cgroup2", Plain | readOnly);
            return;
        }

        target.Mount("tmpfs", "/sys/fs/cgroup", "tmpfs", Plain, "mode=755,size=65536");
        foreach (var mount in start.CgroupMounts)
        {
            var parts = mount.Split(':', 3);
            target.MakeDirectory($"/sys/fs/cgroup/{parts[0]}");
            target.Mount("cgroup", $"/sys/fs/cgroup/{parts[0]}", parts[1], Plain | readOnly, parts[2]);
        }
    }
}
