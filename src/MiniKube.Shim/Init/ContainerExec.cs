using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>A process executed in a running container, before it becomes the user's program: joins what is around that container.</summary>
internal static class ContainerExec
{
    public static int Run()
    {
        var instructions = ChildReport.Begin();
        var containerPid = instructions.ReadInt32();
        var process = ProcessStart.Read(instructions);
        try
        {
            Join(containerPid);
            return UserProgram.Become(process, privileged: false);
        }
        catch (KernelException failure)
        {
            return ChildReport.Fail(FailureKind.Failed, failure.Message);
        }
    }

    // All are opened before the mount namespace changes what /proc is. The process namespace was entered before the spawn.
    private static void Join(int containerPid)
    {
        (string Name, int Kind)[] namespaces =
        [
            ("cgroup", Kernel.NamespaceCgroup), ("ipc", Kernel.NamespaceIpc), ("uts", Kernel.NamespaceUts),
            ("net", Kernel.NamespaceNetwork), ("mnt", Kernel.NamespaceMount),
        ];
        var opened = Array.ConvertAll(
            namespaces, one => Kernel.Open($"/proc/{containerPid}/ns/{one.Name}", Kernel.ReadOnly));
        Kernel.Unshare(Kernel.SharedFilesystemState); // The runtime's other thread shares our root; without it setns refuses.
        for (var i = 0; i < opened.Length; i++)
        {
            Kernel.Enter(opened[i], namespaces[i].Kind);
        }
    }
}
