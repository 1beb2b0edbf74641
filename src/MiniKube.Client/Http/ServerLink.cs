using Microsoft.Extensions.Logging;

namespace MiniKube.Client;

/// <summary>
/// Whether any server of the cluster answers. While none does it asks again, each time a little later, so that whoever waits
/// learns at once when one is back. Says once when the connection is lost and once when it is back. Thread-safe.
/// </summary>
internal sealed partial class ServerLink : IDisposable
{
    private static readonly TimeSpan AskFirst = TimeSpan.FromMilliseconds(250);

    // Short enough for people who wait, long enough for a server that thousands of machines wait for.
    private static readonly TimeSpan AskLongest = TimeSpan.FromSeconds(5);

    private readonly Func<CancellationToken, Task<bool>> _ask;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _back; // Null while servers answer.
    private Task _asking = Task.CompletedTask;
    private CancellationTokenSource _pause = new();

    /// <param name="ask">Asks all servers; true when one answers. Must not throw but for cancellation.</param>
    /// <param name="time">For the pauses.</param>
    /// <param name="random">For spreading many clients.</param>
    /// <param name="logger">Told of the loss and the return.</param>
    public ServerLink(Func<CancellationToken, Task<bool>> ask, TimeProvider time, Random random, ILogger logger)
    {
        _ask = ask;
        _time = time;
        _backoff = new Backoff(AskFirst, AskLongest, random);
        _logger = logger;
    }

    /// <summary>Completed while servers answer; while none does, it ends when one is back.</summary>
    public Task Answers
    {
        get
        {
            lock (_gate)
            {
                return _back?.Task ?? Task.CompletedTask;
            }
        }
    }

    /// <summary>A server answered; true when none did before.</summary>
    public bool Up(Uri server)
    {
        lock (_gate)
        {
            if (_back is null)
            {
                return false;
            }

            Log.Back(_logger, server.GetLeftPart(UriPartial.Authority));
            _back.TrySetResult();
            _back = null;
            return true;
        }
    }

    /// <summary>No server answered.</summary>
    public void Down(string problem)
    {
        lock (_gate)
        {
            if (_back is not null || _ending.IsCancellationRequested)
            {
                return;
            }

            Log.Lost(_logger, problem);
            _back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _asking = AskAsync(_back.Task, _ending.Token);
        }
    }

    /// <summary>Something changed that makes an answer likely: asks now, and often again, if none answered.</summary>
    public void AskNow()
    {
        lock (_gate)
        {
            _pause.Cancel();
        }
    }

    /// <summary>Stops asking; who waits is told by its own token.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ending.Cancel();
        }
    }

    private async Task AskAsync(Task back, CancellationToken ending)
    {
        try
        {
            // Not under the caller's lock.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            for (var failures = 1; !back.IsCompleted; failures++)
            {
                if (!await PauseAsync(_backoff.DelayAfter(failures), ending))
                {
                    failures = 0;
                }

                if (back.IsCompleted || await _ask(ending))
                {
                    return; // The answer itself was told to Up.
                }
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Nobody wants to know any more.
        }
    }

    /// <summary>False when the pause was cut short.</summary>
    private async Task<bool> PauseAsync(TimeSpan length, CancellationToken ending)
    {
        CancellationTokenSource pause;
        lock (_gate)
        {
            pause = _pause.IsCancellationRequested ? _pause = new CancellationTokenSource() : _pause;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, ending);
        try
        {
            await Task.Delay(length, _time, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3970, LogLevel.Warning,
            "No server of the cluster answers ({Problem}); what runs goes on, and is caught up with when one answers again")]
        public static partial void Lost(ILogger logger, string problem);

        [LoggerMessage(3971, LogLevel.Information, "{Server} answers again")]
        public static partial void Back(ILogger logger, string server);
    }
}
