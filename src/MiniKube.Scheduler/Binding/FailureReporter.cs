using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Scheduler;

/// <summary>
/// Says on the pod why it has no node: an event, and the condition <c>PodScheduled</c>. The newest message of a pod
/// counts.
/// </summary>
internal sealed partial class FailureReporter(
    IApiClient client, EventRecorder events, TimeProvider time, Random random, ILogger logger)
{
    private readonly WorkQueue<ObjectKey> _queue = new(time, random);
    private readonly ConcurrentDictionary<ObjectKey, Failure> _newest = new();

    public void Report(V1Pod pod, string message)
    {
        events.Warning(pod, "FailedScheduling", message);
        _newest[pod.Key()] = new Failure(pod, message);
        _queue.Add(pod.Key());
    }

    /// <summary>Writes until cancelled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var queue = _queue;
        await queue.RunAsync(workers: 4, WriteAsync, stopping);
    }

    private async Task WriteAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (!_newest.TryRemove(key, out var failure))
        {
            return;
        }

        try
        {
            await client.UpdateWithRetryAsync(
                failure.Pod, copy => SetCondition(copy, failure.Message), "status", cancellationToken);
        }
        catch (ApiException problem)
        {
            // The next attempt to place the pod says it again.
            Log.NotWritten(logger, key, problem.Message);
        }
    }

    private bool SetCondition(V1Pod pod, string message)
    {
        var conditions = pod.Status?.Conditions ?? [];
        var known = conditions.FirstOrDefault(static one => one.Type == "PodScheduled");
        if (!string.IsNullOrEmpty(pod.Spec.NodeName)
            || known is { Status: "False", Reason: "Unschedulable" } && known.Message == message)
        {
            return false;
        }

        pod.Status ??= new V1PodStatus();
        pod.Status.Conditions =
        [
            .. conditions.Where(static one => one.Type != "PodScheduled"),
            new V1PodCondition
            {
                Type = "PodScheduled",
                Status = "False",
                Reason = "Unschedulable",
                Message = message,
                LastTransitionTime = known?.Status == "False" ? known.LastTransitionTime : time.GetUtcNow().UtcDateTime,
            },
        ];
        return true;
    }

    private sealed record Failure(V1Pod Pod, string Message);

    private static partial class Log
    {
        [LoggerMessage(3102, LogLevel.Warning, "{Pod}: why it has no node could not be written: {Problem}")]
        public static partial void NotWritten(ILogger logger, ObjectKey pod, string problem);
    }
}
