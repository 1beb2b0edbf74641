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
            GC.KeepAlive(held);
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

    private static List<byte[]> Take(int megabytes)
    {
        var held = new List<byte[]>(megabytes);
        for (var taken = 0; taken < megabytes; taken++)
        {
            var block = GC.AllocateUninitializedArray<byte>(1 << 20);
            Array.Fill(block, (byte)1); // Untouched pages cost nothing.
            held.Add(block);
        }

        return held;
    }
}
