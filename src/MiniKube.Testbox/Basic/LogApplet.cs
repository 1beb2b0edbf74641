namespace MiniKube.Testbox;

internal sealed class LogApplet(TimeProvider time) : Applet(
    "log",
    "[--lines N] [--interval SECONDS] [--size BYTES] [--stream stdout|stderr|both] [--text TEXT]",
    "writes numbered lines; without --lines for ever")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        var flags = Flags.Parse(args, "lines", "interval", "size", "stream", "text");
        var lines = flags.Number("lines", int.MaxValue);
        var interval = flags.Seconds("interval", lines == int.MaxValue ? 1 : 0);
        var text = flags.Text("text", "line");
        var padding = flags.Number("size", 0);
        var stream = flags.Text("stream", "stdout");
        for (var number = 1; number <= lines; number++)
        {
            Write(stream, $"{text} {number}".PadRight(padding, '.'), number);
            if (interval > TimeSpan.Zero)
            {
                await Task.Delay(interval, time, stopping);
            }

            stopping.ThrowIfCancellationRequested();
        }

        return 0;
    }

    private static void Write(string stream, string line, int number)
    {
        if (stream == "stderr" || (stream == "both" && number % 2 == 0))
        {
            Output.Error(line);
            return;
        }

        Output.Line(line);
    }
}
