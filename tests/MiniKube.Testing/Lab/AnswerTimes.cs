namespace MiniKube.Testing;

/// <summary>
/// Asks a URL on each machine again and again until disposed, giving every request two seconds, and remembers how long
/// the longest wait between two answers of one machine was.
/// </summary>
public sealed class AnswerTimes : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly int[] _counts;
    private readonly TimeSpan[] _gaps;
    private readonly Task _asking;

    /// <summary>Starts asking.</summary>
    public AnswerTimes(IReadOnlyList<LabMachine> machines, Func<LabMachine, string> url)
    {
        ArgumentNullException.ThrowIfNull(machines);
        _counts = new int[machines.Count];
        _gaps = new TimeSpan[machines.Count];
        _asking = Task.WhenAll(machines.Select((machine, index) => AskAsync(machine, url(machine), index)));
    }

    /// <summary>How many answers came on each machine so far.</summary>
    public IReadOnlyList<int> Counts => [.. _counts];

    /// <summary>The longest wait between two answers, of all machines.</summary>
    public TimeSpan LongestGap => _gaps.Max();

    /// <summary>Stops asking; what was counted is stable from here on.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _asking;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    private async Task AskAsync(LabMachine machine, string url, int index)
    {
        var last = TimeProvider.System.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            var run = await machine.RunAsync("curl", ["-fsS", "-m", "2", "-o", "/dev/null", url], CancellationToken.None);
            if (run.ExitCode == 0)
            {
                var gap = TimeProvider.System.GetElapsedTime(last);
                _gaps[index] = gap > _gaps[index] ? gap : _gaps[index];
                _counts[index]++;
                last = TimeProvider.System.GetTimestamp();
            }
        }
    }
}
