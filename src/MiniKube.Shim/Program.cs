using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// One program in four roles. <c>start</c> becomes <c>monitor</c>, the process that owns a sandbox and its containers; for each
/// container and each executed command the monitor starts itself again as <c>init</c> or <c>exec</c>, which becomes the user's
/// program once the container is around it. <c>pause</c> is the first process of a shared process namespace.
/// </summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        switch (args)
        {
            case ["start"]:
                return Start();
            case ["monitor"]:
                return RunMonitor();
            case ["init"]:
                return ContainerInit.Run();
            case ["exec"]:
                return ContainerExec.Run();
            case ["pause"]:
                return Pause.Run();
            default:
                Kernel.WriteAll(2, "minikube-shim is started by minikube; it is of no use by itself\n"u8);
                return 2;
        }
    }

    // Two things must hold from the first instruction of the monitor, so the program replaces itself: every thread of the
    // runtime must have SIGCHLD blocked, and the file being run must be one no container can write to.
    private static int Start()
    {
        Kernel.StartSession();
        Kernel.BlockChildSignal();
        var program = Kernel.OpenReadOnlyClone("/proc/self/exe");
        Kernel.CloseAllOnExec();
        var error = Kernel.Execute($"/proc/self/fd/{program}", ["minikube-shim", "monitor", null], [null]);
        throw new KernelException("become the monitor", error);
    }

    private static int RunMonitor()
    {
        SandboxMonitor monitor;
        try
        {
            monitor = SandboxMonitor.Create(ReadStart());
            Kernel.WriteAll(1, "\n"u8); // The runtime reads an empty line, or what went wrong.
        }
        catch (KernelException failure)
        {
            Kernel.WriteAll(1, System.Text.Encoding.UTF8.GetBytes(failure.Message + "\n"));
            return 1;
        }

        StandardStreams.Detach();
        monitor.Run();
        return 0;
    }

    private static SandboxStart ReadStart()
    {
        var content = new MemoryStream();
        var buffer = new byte[4096];
        while (Kernel.Read(0, buffer) is { } length and > 0)
        {
            content.Write(buffer, 0, length);
        }

        return SandboxStart.Read(Wire.Reader(content.ToArray()));
    }
}
