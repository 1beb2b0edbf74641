namespace MiniKube.Testbox;

/// <summary>What the probes answer, and when the server ends.</summary>
internal sealed class WebState(TimeProvider time, TimeSpan readyAfter) : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private readonly long _started = time.GetTimestamp();
    private ITimer? _timer;
    private volatile bool _stopping;

    public CancellationToken Draining => _draining.Token;

    public int ExitCode { get; private set; }

    /// <summary>Answers /healthz; switched by /switch.</summary>
    public bool Healthy { get; set; } = true;

    /// <summary>Answers /readyz, unless starting or stopping; switched by /switch.</summary>
    public bool Willing { get; set; } = true;

    public bool Ready => Willing && !_stopping && time.GetElapsedTime(_started) >= readyAfter;

    public TimeSpan Uptime => time.GetElapsedTime(_started);

    public void DrainAfter(TimeSpan linger)
    {
        _stopping = true;
        _timer = time.CreateTimer(_ => _draining.Cancel(), null, linger, Timeout.InfiniteTimeSpan);
    }

    public void Exit(int code)
    {
        ExitCode = code;
        DrainAfter(TimeSpan.Zero);
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _draining.Dispose();
    }
}
