using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Watches over HTTP: parameters, lifetime and number of them.</summary>
internal sealed class WatchEndpoint(
    ApiPipeline pipeline, TablePrinter tables, TimeProvider time, CancellationToken stopping)
{
    // A watch costs a cursor, a task and the connection's buffers, some 10 KiB: this many are about 200 MiB. More are
    // told to come back.
    private const int WatchesMax = 20_000;

    // Without a timeout of the client's, watches end at a random time between these: reconnections spread out. As
    // kube-apiserver.
    private const int TimeoutMinSeconds = 1_800;

    private readonly Random _random = new();
    private int _open;

    /// <summary>How many watches are open.</summary>
    public int Open => Volatile.Read(ref _open);

    public async Task WatchAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var form = ResponseForm.Of(context.Request, query);
        var selection = query.Selection(request);
        var options = OptionsOf(query);
        if (Interlocked.Increment(ref _open) > WatchesMax)
        {
            Interlocked.Decrement(ref _open);
            throw new ApiException(
                StatusReason.TooManyRequests, $"the server has {WatchesMax} watches open; try again later")
            {
                RetryAfterSeconds = 1,
            };
        }

        try
        {
            await RunAsync(context, request, new WatchFormat(form, tables), selection, options, Lifetime(query));
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task RunAsync(
        HttpContext context,
        ResourceRequest request,
        WatchFormat format,
        Selection selection,
        WatchOptions options,
        TimeSpan lifetime)
    {
        using var deadline = new CancellationTokenSource(lifetime, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            deadline.Token, stopping, context.RequestAborted);
        var session = new WatchSession(context, request, selection, format, time);
        try
        {
            var first = await pipeline.StartWatchAsync(request, selection, options, end.Token);
            await session.RunAsync(pipeline, first, options, end.Token);
        }
        catch (ApiException expired) when (expired.Reason == StatusReason.Expired)
        {
            await session.RefuseAsync(expired, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Its time is over, the client left, the kind went, or the server stops: a watch may end at any time.
        }
    }

    private TimeSpan Lifetime(Query query)
    {
        if (query.Number("timeoutSeconds") is { } seconds and > 0)
        {
            return TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue / 1_000));
        }

        lock (_random)
        {
            return TimeSpan.FromSeconds(TimeoutMinSeconds * (1 + _random.NextDouble()));
        }
    }

    private static WatchOptions OptionsOf(Query query)
    {
        var bookmarks = query.Flag("allowWatchBookmarks");
        var initial = query.Text("sendInitialEvents").Length > 0 ? query.Flag("sendInitialEvents") : (bool?)null;
        var version = query.Text("resourceVersion");
        var after = version is "" or "0" ? (Revision?)null : RevisionQuery.Parse(version);
        if (initial is null)
        {
            return new WatchOptions(after, bookmarks);
        }

        if (query.Text("resourceVersionMatch") != "NotOlderThan")
        {
            throw new ApiException(StatusReason.BadRequest,
                "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        return initial.Value
            ? new WatchOptions(null, bookmarks, MarkInitialEnd: bookmarks)
            : new WatchOptions(after ?? Revision.Zero, bookmarks);
    }
}
