using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// The node's HTTPS paths, as the kubelet has them: logs, exec, attach, ports of pods, and reports about the node. Every failure is a
/// Status. https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/
/// </summary>
internal sealed partial class KubeletEndpoints(
    INodeEndpoint node, KubeletClients clients, Func<KubeletReports?> reports, TimeProvider time, ILogger logger,
    CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await DispatchAsync(context, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has seen enough, or the agent stops.
            context.Abort();
        }
        catch (Exception failure)
        {
            await FailAsync(context, failure, end.Token);
        }
    }

    private async Task DispatchAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path == "/healthz")
        {
            await TextAsync(context, "ok", cancellationToken);
            return;
        }

        clients.Require(context);
        var words = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var streams = new KubeletStreams(node, time);
        switch (words)
        {
            case ["containerLogs", var space, var pod, var container]:
                await LogsAsync(context, Container(space, pod, container), cancellationToken);
                break;
            case ["exec", var space, var pod, var container]:
                await streams.ExecAsync(context, Container(space, pod, container), cancellationToken);
                break;
            case ["attach", var space, var pod, var container]:
                await streams.AttachAsync(context, Container(space, pod, container), cancellationToken);
                break;
            case ["portForward", var space, var pod]:
                await streams.PortForwardAsync(context, new ObjectKey(space, pod), cancellationToken);
                break;
            default:
                await ReportAsync(context, path, cancellationToken);
                break;
        }
    }

    private async Task ReportAsync(HttpContext context, string path, CancellationToken cancellationToken)
    {
        var made = reports()
            ?? throw new ApiException(StatusReason.ServiceUnavailable, "the node is not ready yet; try again") { RetryAfterSeconds = 1 };
        switch (path.TrimEnd('/'))
        {
            case "/pods":
                await JsonAsync(context, StatusCodes.Status200OK, made.Pods(), cancellationToken);
                break;
            case "/stats/summary":
                await JsonAsync(context, StatusCodes.Status200OK, await made.SummaryAsync(cancellationToken), cancellationToken);
                break;
            case "/metrics":
                await TextAsync(context, made.Metrics(), cancellationToken);
                break;
            case "/metrics/resource":
                await TextAsync(context, await made.ResourceMetricsAsync(cancellationToken), cancellationToken);
                break;
            default:
                throw new ApiException(StatusReason.NotFound, $"this node has no path \"{path}\"");
        }
    }

    private async Task LogsAsync(HttpContext context, ContainerAddress container, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var options = new LogOptions
        {
            Follow = KubeletStreams.Flag(query, "follow"),
            Previous = KubeletStreams.Flag(query, "previous"),
            Timestamps = KubeletStreams.Flag(query, "timestamps"),
            TailLines = Number(query, "tailLines"),
            LimitBytes = Number(query, "limitBytes"),
            Since = DateTimeOffset.TryParse(
                query["sinceTime"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) ? since : null,
        };
        context.Response.ContentType = "text/plain";

        // Nothing is sent before the runtime writes its first byte, so its refusal still becomes a Status.
        await using var output = new PromptStream(context.Response);
        await node.CopyLogsAsync(container, options, output, cancellationToken);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    private async Task FailAsync(HttpContext context, Exception failure, CancellationToken cancellationToken)
    {
        if (failure is not ApiException)
        {
            Log.Failed(logger, context.Request.Path, failure);
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var status = failure as ApiException
            ?? new ApiException(StatusReason.InternalError, "Internal error occurred: the node agent's log says what happened");
        context.Response.Clear();
        await JsonAsync(context, status.Code, ObjectJson.Encode(status.ToStatus()), cancellationToken);
    }

    private static ContainerAddress Container(string space, string pod, string container)
        => new(new ObjectKey(space, pod), container);

    private static long? Number(IQueryCollection query, string name)
        => long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static Task TextAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, cancellationToken);
    }

    private static async Task JsonAsync(HttpContext context, int code, byte[] json, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.Body.WriteAsync(json, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(4300, LogLevel.Error, "A request of the API server failed: {Path}")]
        public static partial void Failed(ILogger logger, string path, Exception failure);
    }
}
