using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>The child's side of <see cref="ChildChannel"/>: descriptor 3, and its instructions in descriptor 4.</summary>
internal static class ChildReport
{
    private const int Channel = 3;
    private const int Instructions = 4;

    /// <summary>Waits for the monitor, then reads what to do.</summary>
    public static BinaryReader Begin()
    {
        Kernel.SetCloseOnExec(Channel);
        WaitForGo();
        var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (Kernel.Read(Instructions, buffer) is { } length and > 0)
        {
            content.Write(buffer, 0, length);
        }

        Kernel.Close(Instructions);
        content.Position = 0;
        return new BinaryReader(content);
    }

    /// <summary>Lets the monitor take a copy of the terminal's descriptor.</summary>
    public static void OfferTerminal(int master)
    {
        Kernel.WriteAll(Channel, Wire.Frame(FrameKind.Done, writer => writer.Write(master)));
        WaitForGo();
    }

    /// <summary>Tells why the program does not run, and gives the exit code for that.</summary>
    public static int Fail(FailureKind kind, string message)
    {
        Kernel.WriteAll(Channel, Wire.Frame(FrameKind.Failed, writer =>
        {
            writer.Write((byte)kind);
            writer.Write(message);
        }));
        return 1;
    }

    private static void WaitForGo()
    {
        Span<byte> go = stackalloc byte[1];
        if (Kernel.Read(Channel, go) != 1)
        {
            Environment.Exit(1); // The monitor is gone or gave up.
        }
    }
}
