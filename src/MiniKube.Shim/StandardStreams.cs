using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>The shim outlives the process that started it, and so must not hold its streams.</summary>
internal static class StandardStreams
{
    public static void Detach()
    {
        var nothing = Kernel.Open("/dev/null", Kernel.ReadWrite);
        var log = Kernel.Open(SandboxFiles.ShimLog, Kernel.WriteOnly | Kernel.Create | Kernel.Append, 0b110_000_000);
        Kernel.Duplicate(nothing, 0);
        Kernel.Duplicate(nothing, 1);
        Kernel.Duplicate(log, 2);
        Kernel.Close(nothing);
        Kernel.Close(log);
    }
}
