namespace MiniKube.Testbox;

internal sealed class SleepApplet(TimeProvider time) : Applet("sleep", "SECONDS|infinity", "waits")
{
    public override async Task<int> RunAsync(string[] args, CancellationToken stopping)
    {
        if (args is not [var text])
        {
            throw new UsageException("needs a number of seconds");
        }

        var duration = text == "infinity" ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Flags.ParseSeconds(text, "the time"));
        await Task.Delay(duration, time, stopping);
        return 0;
    }
}
