using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// What a worker has under way: at most one operation per key, each outside the loop, each awaited. An operation returns what the
/// loop is to remember of it; one that throws is reported, remembers nothing and is held back for a while. Belongs to the worker's
/// loop; only <paramref name="wake"/> is called from elsewhere.
/// </summary>
internal sealed partial class PodOperations(ObjectKey pod, Action wake, ILogger logger)
{
    private static readonly TimeSpan HoldFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HoldLongest = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Operation> _running = [];
    private readonly Dictionary<string, Hold> _holds = [];

    private DateTimeOffset _now;

    // Bounded by the operations that run.
    private readonly ConcurrentQueue<string> _ended = new();

    /// <summary>When the first of the operations held at the last harvest may start again.</summary>
    public DateTimeOffset? NextRelease
        => _holds.Values.Where(hold => hold.Until > _now).Min(hold => (DateTimeOffset?)hold.Until);

    public bool IsIdle => _running.Count == 0;

    public bool IsRunning(string key) => _running.ContainsKey(key);

    /// <summary>Starts the operation unless one of the key runs or is held.</summary>
    public void Start(string key, CancellationToken stopping, Func<CancellationToken, Task<Action>> run)
    {
        var isHeld = _holds.TryGetValue(key, out var hold) && hold.Until > _now;
        if (isHeld || _running.ContainsKey(key))
        {
            return;
        }

        var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _running.Add(key, new Operation(RunAsync(key, run, cancellation.Token), cancellation));
    }

    /// <summary>Asks the operation to end without a result.</summary>
    public void Cancel(string key)
    {
        if (_running.TryGetValue(key, out var operation))
        {
            operation.Cancellation.Cancel();
        }
    }

    /// <summary>Applies the results of what ended. Until the next harvest, the present is <paramref name="now"/>.</summary>
    public async Task HarvestAsync(DateTimeOffset now)
    {
        _now = now;
        while (_ended.TryDequeue(out var key))
        {
            _running.Remove(key, out var operation);
            await ((Task)operation!.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            operation.Cancellation.Dispose();
            Settle(key, operation.Task);
        }
    }

    /// <summary>Waits until everything has ended; what it would have remembered is dropped.</summary>
    public async Task DrainAsync()
    {
        foreach (var operation in _running.Values)
        {
            await operation.Cancellation.CancelAsync();
            await ((Task)operation.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            operation.Cancellation.Dispose();
        }

        _running.Clear();
    }

    private void Settle(string key, Task<Action> ended)
    {
        if (ended.IsCompletedSuccessfully)
        {
            _holds.Remove(key);
            ended.Result();
            return;
        }

        if (ended.Exception?.InnerException is ServerUnreachableException lost)
        {
            // Told by the transport; the operation itself waits until a server is back, and nobody is to wait longer for it.
            _holds[key] = new Hold(_now + HoldFirst, Failures: 0);
            Log.Lost(logger, key, pod, lost.Message);
            return;
        }

        if (ended.IsFaulted)
        {
            var failures = _holds.GetValueOrDefault(key).Failures + 1;
            var wait = TimeSpan.FromTicks(Math.Min(HoldLongest.Ticks, HoldFirst.Ticks << Math.Min(failures - 1, 10)));
            _holds[key] = new Hold(_now + wait, failures);
            Log.Failed(logger, ended.Exception.InnerException!, key, pod, wait.TotalSeconds);
        }
    }

    private async Task<Action> RunAsync(
        string key, Func<CancellationToken, Task<Action>> run, CancellationToken cancellationToken)
    {
        try
        {
            // Off the loop from the first step on, so that a slow file system never holds up the pod's other containers.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return await run(cancellationToken);
        }
        finally
        {
            _ended.Enqueue(key);
            wake();
        }
    }

    private sealed record Operation(Task<Action> Task, CancellationTokenSource Cancellation);

    private readonly record struct Hold(DateTimeOffset Until, int Failures);

    private static partial class Log
    {
        [LoggerMessage(4011, LogLevel.Debug, "{Operation} of pod {Pod} waits for a server: {Problem}")]
        public static partial void Lost(ILogger logger, string operation, ObjectKey pod, string problem);

        [LoggerMessage(4010, LogLevel.Error, "{Operation} of pod {Pod} failed; trying again in {Seconds} s")]
        public static partial void Failed(ILogger logger, Exception failure, string operation, ObjectKey pod, double seconds);
    }
}
