using System.Collections.Concurrent;
using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Logging;

namespace MiniKube.Runtimes;

/// <summary>
/// Follows the engine's events of this instance, for ever: containers that die wake whoever watches their sandbox, processes that
/// end give their exit code. After a broken connection everyone is woken once, because events may have been missed.
/// </summary>
internal sealed partial class DockerEvents(
    DockerClient client, string instance, Action<string> changed, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    private readonly RuntimeEventHub _hub = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<int>> _executions = new();
    private readonly ConcurrentDictionary<RuntimeEvent, byte> _seen = new();
    private readonly Lock _gate = new();
    private Task? _following;

    public void Start()
    {
        lock (_gate)
        {
            _following ??= FollowAsync(_stopping.Token);
        }
    }

    public IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken cancellationToken)
    {
        Start();
        return _hub.WatchAsync(cancellationToken);
    }

    /// <summary>The exit code of a process, once the engine tells of its end. Ask before it is started.</summary>
    public Task<int> ExecutionAsync(string executionId)
        => _executions.GetOrAdd(
            executionId, _ => new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void ForgetExecution(string executionId) => _executions.TryRemove(executionId, out _);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_following is not null)
        {
            await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stopping.Dispose();
    }

    private async Task FollowAsync(CancellationToken stopping)
    {
        await Task.Yield();
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // The client library may go on reading a quiet stream after it was cancelled; its connection ends with the client.
                await client.System.MonitorEventsAsync(Parameters(), new Sink(this), stopping).WaitAsync(stopping);
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                Log.Interrupted(logger, failure.Message);
            }

            await Task.Delay(Reconnect, time, stopping);
            foreach (var one in _seen.Keys)
            {
                _hub.Publish(one);
            }
        }
    }

    private ContainerEventsParameters Parameters() => new()
    {
        Filters = new Dictionary<string, IDictionary<string, bool>>
        {
            ["type"] = new Dictionary<string, bool> { ["container"] = true },
            ["label"] = new Dictionary<string, bool> { [$"{DockerLabels.Instance}={instance}"] = true },
        },
    };

    private void Accept(Message message)
    {
        var attributes = message.Actor.Attributes;
        if (message.Action == "exec_die" && attributes.TryGetValue("execID", out var execution))
        {
            var code = int.Parse(attributes["exitCode"], CultureInfo.InvariantCulture);
            if (_executions.TryGetValue(execution, out var waiting))
            {
                waiting.TrySetResult(code);
            }
        }

        if (message.Action is "die" or "start" or "destroy" or "oom")
        {
            changed(message.Actor.ID);
            var change = new RuntimeEvent(attributes[DockerLabels.SandboxId], DockerLabels.Pod(attributes));
            _seen[change] = 0;
            if (message.Action == "destroy" && DockerLabels.IsSandbox(attributes))
            {
                _seen.TryRemove(change, out _);
            }

            _hub.Publish(change);
        }
    }

    // Progress<T> would hand the events to the thread pool and lose their order.
    private sealed class Sink(DockerEvents owner) : IProgress<Message>
    {
        public void Report(Message value) => owner.Accept(value);
    }

    private static partial class Log
    {
        [LoggerMessage(4201, LogLevel.Warning, "The event stream of the Docker engine broke ({Problem}); connecting again")]
        public static partial void Interrupted(ILogger logger, string problem);
    }
}
