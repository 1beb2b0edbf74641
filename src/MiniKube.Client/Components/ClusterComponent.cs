using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// A part of the cluster that the host starts and stops, in a stated order: started -> ready -> stopping -> stopped.
/// <see cref="StartAsync"/> returns once the part is ready for the next one; <see cref="Completion"/> faults when it
/// dies by itself, which ends the process with that error. Stop is safe to call twice and on a part that never started.
/// </summary>
public abstract class ClusterComponent : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    /// <summary>The name in logs, <c>minikube status</c> and <c>/readyz?verbose</c>: lower case with dashes.</summary>
    public abstract string Name { get; }

    /// <summary>Ends when the part has stopped; faulted when it failed on its own.</summary>
    public Task Completion => _running;

    /// <summary>True from ready until the end of the run.</summary>
    public bool IsReady => _ready.Task.IsCompletedSuccessfully && !_running.IsCompleted;

    /// <summary>Starts the run and waits until it is ready. Throws what the run threw if it ends before.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _running = RunAsync(_stopping.Token);
        var first = await Task.WhenAny(_ready.Task, _running).WaitAsync(cancellationToken);
        if (first == _running)
        {
            await _running;
            throw new InvalidOperationException($"{Name} ended before it was ready");
        }
    }

    /// <summary>
    /// Asks the run to end and waits for it. A failure has been reported by <see cref="Completion"/>.
    /// </summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc />
    public virtual async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The part's whole life. Calls <see cref="SignalReady"/> once, and returns (or throws cancellation) after the
    /// token is cancelled, with everything it started ended.
    /// </summary>
    protected abstract Task RunAsync(CancellationToken stopping);

    /// <summary>Says that the next component may start.</summary>
    protected void SignalReady() => _ready.TrySetResult();
}
