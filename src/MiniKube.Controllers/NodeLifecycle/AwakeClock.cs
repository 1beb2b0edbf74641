using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// The time in which this process could have heard of others. It does not follow the machine's clock when that is set,
/// and a stretch in which the process was stopped (a suspended machine, a debugger) counts as no more than a few
/// seconds: nobody is late because we were not there. Thread-safe; starts at zero.
/// </summary>
internal sealed class AwakeClock(TimeProvider time) : ClusterComponent
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(2);

    // A loaded machine may run a timer that late without having missed anything.
    private static readonly TimeSpan GapMax = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private long _seen = time.GetTimestamp();
    private TimeSpan _counted;

    public override string Name => "node-heartbeat-clock";

    /// <summary>What has passed since the start.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return Count();
            }
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var beat = new PeriodicTimer(Beat, time);
        SignalReady();
        while (await beat.WaitForNextTickAsync(stopping))
        {
            lock (_gate)
            {
                Count();
            }
        }
    }

    private TimeSpan Count()
    {
        var now = time.GetTimestamp();
        var gap = time.GetElapsedTime(_seen, now);
        _seen = now;
        return _counted += gap < GapMax ? gap : GapMax;
    }
}
