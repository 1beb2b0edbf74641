using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>Puts this process into the namespaces the pod's containers share.</summary>
internal static class SandboxNamespaces
{
    private const int SetChildSubreaper = 36;

    // What Docker sets too: ports below 1024 and ping need no rights inside a network of one's own.
    private static readonly string[] NetworkDefaults =
        ["net.ipv4.ip_unprivileged_port_start=0", "net.ipv4.ping_group_range=0 2147483647"];

    public static void Make(SandboxStart start)
    {
        Kernel.Control(SetChildSubreaper, 1, "become the reaper");
        var network = start.HostNetwork ? 0 : Kernel.NamespaceNetwork | Kernel.NamespaceUts;
        var ipc = start.HostIpc ? 0 : Kernel.NamespaceIpc;
        Kernel.Unshare(Kernel.NamespaceMount | network | ipc);
        Kernel.Mount("", "/", null, Kernel.MountRecursive | Kernel.MountSlave);
        MountSharedMemory(start.HostIpc);
        if (!start.HostNetwork)
        {
            Kernel.SetHostname(start.Hostname);
            SetSysctls(NetworkDefaults, mustSucceed: false);
        }

        SetSysctls(start.Sysctls, mustSucceed: true);
    }

    // In our own mount namespace only: it goes when we and the containers are gone.
    private static void MountSharedMemory(bool hostIpc)
    {
        Kernel.MakeDirectory(SandboxFiles.SharedMemory, 0b1_111_111_111);
        if (hostIpc)
        {
            Kernel.Mount("/dev/shm", SandboxFiles.SharedMemory, null, Kernel.MountBind);
            return;
        }

        var flags = Kernel.MountNoSuid | Kernel.MountNoDevices | Kernel.MountNoExec;
        Kernel.Mount("shm", SandboxFiles.SharedMemory, "tmpfs", flags, "mode=1777,size=67108864");
    }

    private static void SetSysctls(IReadOnlyList<string> sysctls, bool mustSucceed)
    {
        foreach (var sysctl in sysctls)
        {
            var equals = sysctl.IndexOf('=');
            try
            {
                Kernel.WriteFile($"/proc/sys/{sysctl[..equals].Replace('.', '/')}", sysctl[(equals + 1)..]);
            }
            catch (KernelException) when (!mustSucceed)
            {
                // An older kernel without it; nothing depends on it.
            }
        }
    }
}
