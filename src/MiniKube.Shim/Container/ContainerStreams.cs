using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>
/// Both ends of a process's standard streams. Ours are null where there is nothing to connect: no input, or a terminal, which
/// the child makes itself.
/// </summary>
internal readonly record struct ContainerStreams(int ChildIn, int ChildOut, int ChildErr, int? In, int? Out, int? Err)
{
    public static ContainerStreams Open(ProcessStart process)
    {
        if (process.Terminal)
        {
            return new ContainerStreams(Nothing(), Nothing(), Nothing(), null, null, null);
        }

        var (outRead, outWrite) = Kernel.Pipe();
        var (errRead, errWrite) = Kernel.Pipe();
        if (!process.Stdin)
        {
            return new ContainerStreams(Nothing(), outWrite, errWrite, null, outRead, errRead);
        }

        var (inRead, inWrite) = Kernel.Pipe();
        return new ContainerStreams(inRead, outWrite, errWrite, inWrite, outRead, errRead);
    }

    public void CloseChildEnds()
    {
        Kernel.Close(ChildIn);
        Kernel.Close(ChildOut);
        Kernel.Close(ChildErr);
    }

    public void CloseOurEnds()
    {
        foreach (var end in (int?[])[In, Out, Err])
        {
            if (end is { } descriptor)
            {
                Kernel.Close(descriptor);
            }
        }
    }

    private static int Nothing() => Kernel.Open("/dev/null", Kernel.ReadWrite);
}
