using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Lets requests in: each priority level has its share of what the server does at once, the others wait in its queues. Watches, streams,
/// health, administrators and the parts of this process pass by. Thread-safe.
/// </summary>
internal sealed class RequestLimiter
{
    // Of the time a request has, as kube-apiserver.
    private const int WaitingPart = 4;

    private readonly FrozenDictionary<FlowLevel, LevelQueue> _queues;
    private readonly RequestLimits _limits;
    private readonly TimeProvider _time;

    public RequestLimiter(RequestLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        var total = limits.ReadingMax + limits.WritingMax;
        var shares = FlowLevels.Limited.Sum(static level => level.Shares);
        var seats = FlowLevels.Limited.ToDictionary(
            static level => level, level => Math.Max(1, ((total * level.Shares) + shares - 1) / shares));
        var pool = new SeatPool(FlowLevels.Limited.Sum(level => seats[level] * level.LendablePercent / 100));
        _queues = FlowLevels.Limited.ToFrozenDictionary(
            static level => level,
            level => new LevelQueue(level, Math.Max(1, seats[level] - (seats[level] * level.LendablePercent / 100)), pool));
    }

    /// <summary>Requests that wait, by level.</summary>
    public IEnumerable<(string Level, int Waiting)> Waiting => _queues.Select(static one => (one.Key.Name, one.Value.Waiting));

    /// <summary>Does the request when it is its turn, and within its time.</summary>
    /// <exception cref="ApiException">TooManyRequests: try later; Timeout: it took too long.</exception>
    public async Task RunAsync(HttpContext context, UserInfo user, ResourceRequest? request, Func<Task> handle)
    {
        if (request is not null && IsLongRunning(request))
        {
            await handle();
            return;
        }

        var flow = FlowLevels.Of(user, request);
        if (!_queues.TryGetValue(flow.Level, out var queue))
        {
            await WithinTimeAsync(context, request, handle);
            return;
        }

        await queue.EnterAsync(flow.Id, _limits.Timeout / WaitingPart, _time, context.RequestAborted);
        try
        {
            await WithinTimeAsync(context, request, handle);
        }
        finally
        {
            queue.Leave();
        }
    }

    public static bool IsLongRunning(ResourceRequest request) => request.Verb == Verb.Watch
        || request.Subresource is "exec" or "attach" or "portforward" or "log" or "proxy";

    // A single object is read from memory: what takes no time needs no clock.
    private async Task WithinTimeAsync(HttpContext context, ResourceRequest? request, Func<Task> handle)
    {
        if (request is null or { Verb: Verb.Get })
        {
            await handle();
            return;
        }

        var connected = context.RequestAborted;
        using var deadline = new CancellationTokenSource(_limits.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(connected, deadline.Token);
        context.RequestAborted = either.Token;
        try
        {
            await handle();
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !connected.IsCancellationRequested)
        {
            throw new ApiException(StatusReason.Timeout, "Timeout: request did not complete within the allotted timeout");
        }
        finally
        {
            context.RequestAborted = connected;
        }
    }
}
