using System.Runtime.InteropServices;

namespace MiniKube.Testbox;

internal sealed class StressApplet() : Applet("stress", "mem MB | cpu", "takes memory and holds it, or burns one core, until stopped")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        if (args is ["mem", var megabytes])
        {
            var held = Take(Flags.ParseNumber(megabytes, "the size"));
            Output.Line($"holding {held.Count} MB");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stopping);
            return 0;
        }

        if (args is not ["cpu"])
        {
            throw new UsageException("needs 'mem MB' or 'cpu'");
        }

        while (true)
        {
            stopping.ThrowIfCancellationRequested();
        }
    }

    // Not from the runtime's heap: it sees the container's limit and would give up before the kernel has to act.
    private static unsafe List<nint> Take(int megabytes)
    {
        const nuint megabyte = 1 << 20;
        var held = new List<nint>(megabytes);
        for (var taken = 0; taken < megabytes; taken++)
        {
            var block = NativeMemory.Alloc(megabyte);
            NativeMemory.Fill(block, megabyte, 1); // Untouched pages cost nothing.
            held.Add((nint)block);
        }

        return held;
    }
}
