using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// One client's watch over HTTP, from its first event to its timeout, the client's leaving or the server's end.
/// </summary>
internal sealed class WatchSession(
    HttpContext context, ResourceRequest request, Selection selection, WatchFormat format, TimeProvider time)
{
    // Kubernetes' interval: how much a client can have to catch up on after it lost its connection.
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    private readonly System.IO.Pipelines.PipeWriter _output = context.Response.BodyWriter;

    /// <summary>Tells the first objects, then follows.</summary>
    public async Task RunAsync(
        ApiPipeline pipeline, ListPage first, WatchOptions options, CancellationToken cancellationToken)
    {
        Respond.Start(context.Response, StatusCodes.Status200OK, Respond.Json);
        foreach (var stored in first.Objects)
        {
            format.Write(_output, request.Definition, ObjectEventType.Added, stored);
        }

        if (options.MarkInitialEnd)
        {
            WatchWriter.WriteBookmark(_output, request.Definition, first.Revision, isInitialEnd: true);
        }

        // Also sends the headers: a client must know that its watch has begun.
        await _output.FlushAsync(cancellationToken);
        try
        {
            await FollowAsync(pipeline, first.Revision, options.Bookmarks, cancellationToken);
        }
        catch (ApiException failure)
        {
            WatchWriter.WriteError(_output, failure);
            await _output.FlushAsync(cancellationToken);
        }
    }

    /// <summary>History is gone: told in the stream, where clients look for it while they watch.</summary>
    public async Task RefuseAsync(ApiException failure, CancellationToken cancellationToken)
    {
        Respond.Start(context.Response, StatusCodes.Status200OK, Respond.Json);
        WatchWriter.WriteError(_output, failure);
        await _output.FlushAsync(cancellationToken);
    }

    private async Task FollowAsync(
        ApiPipeline pipeline, Revision after, bool bookmarks, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = pipeline.FollowAsync(request, after, end.Token).GetAsyncEnumerator(end.Token);
        Task<bool>? next = null;
        try
        {
            var upTo = after;
            var bookmarkDue = Task.Delay(bookmarks ? BookmarkInterval : Timeout.InfiniteTimeSpan, time, end.Token);
            while (true)
            {
                next ??= batches.MoveNextAsync().AsTask();
                if (!next.IsCompleted && await Task.WhenAny(next, bookmarkDue) == bookmarkDue)
                {
                    await bookmarkDue;
                    WatchWriter.WriteBookmark(_output, request.Definition, upTo, isInitialEnd: false);
                    await _output.FlushAsync(end.Token);
                    bookmarkDue = Task.Delay(BookmarkInterval, time, end.Token);
                    continue;
                }

                if (!await next)
                {
                    return;
                }

                next = null;
                upTo = batches.Current.UpTo;
                await WriteAsync(batches.Current, end.Token);
            }
        }
        finally
        {
            await end.CancelAsync();
            await ((Task?)next ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await batches.DisposeAsync();
        }
    }

    private async ValueTask WriteAsync(WatchBatch batch, CancellationToken cancellationToken)
    {
        var written = false;
        foreach (var change in batch.Events.Span)
        {
            if (WatchChange.Classify(change, selection) is { } type)
            {
                written = true;
                format.Write(_output, request.Definition, type, change);
            }
        }

        if (written)
        {
            await _output.FlushAsync(cancellationToken);
        }
    }
}
