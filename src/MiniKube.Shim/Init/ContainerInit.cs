using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>The first process of a container before it becomes the user's program: puts the container around itself.</summary>
internal static class ContainerInit
{
    public static int Run()
    {
        var start = ContainerStart.Read(ChildReport.Begin());
        try
        {
            Kernel.Unshare(Kernel.NamespaceMount | Kernel.NamespaceCgroup);
            RootFilesystem.Build(start);
            RootFilesystem.Enter();
            return UserProgram.Become(start.Process, start.Privileged);
        }
        catch (KernelException failure)
        {
            return ChildReport.Fail(FailureKind.Failed, failure.Message);
        }
    }
}
