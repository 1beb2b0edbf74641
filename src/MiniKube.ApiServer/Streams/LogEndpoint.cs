using System.Globalization;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary><c>pods/log</c>: the container's output as plain text, as it comes.</summary>
internal sealed class LogEndpoint(NodeCall call, TimeProvider time, CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var (pod, node) = call.Find(request);
        var container = ContainerChoice.Of(pod, query.Text("container"));
        var address = new ContainerAddress(new ObjectKey(request.Namespace, request.Name), container);
        var options = OptionsOf(query);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        Respond.Start(context.Response, StatusCodes.Status200OK, "text/plain");
        try
        {
            // Nothing is sent before the node writes its first byte, so its refusal still becomes a Status.
            await using var output = new PromptStream(context.Response);
            await node.CopyLogsAsync(address, options, output, end.Token);
            await context.Response.BodyWriter.FlushAsync(end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client has seen enough, or the server stops.
        }
    }

    private LogOptions OptionsOf(Query query)
    {
        var errors = new FieldErrors();
        var seconds = query.Number("sinceSeconds");
        var sinceTime = query.Text("sinceTime");
        NotNegative(errors, "tailLines", query.Number("tailLines"), least: 0);
        NotNegative(errors, "limitBytes", query.Number("limitBytes"), least: 1);
        NotNegative(errors, "sinceSeconds", seconds, least: 1);
        if (seconds is not null && sinceTime.Length > 0)
        {
            errors.Forbidden("", "at most one of `sinceTime` or `sinceSeconds` may be specified");
        }

        errors.ThrowIfAny(new Gvk("", "v1", "PodLogOptions"), "");
        return new LogOptions
        {
            Follow = query.Flag("follow"),
            Previous = query.Flag("previous"),
            TailLines = query.Number("tailLines"),
            Since = seconds is { } ago ? time.GetUtcNow().AddSeconds(-ago) : ParseTime(sinceTime),
            Timestamps = query.Flag("timestamps"),
            LimitBytes = query.Number("limitBytes"),
        };
    }

    private static DateTimeOffset? ParseTime(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            ? parsed
            : throw new ApiException(StatusReason.BadRequest,
                $"sinceTime: Invalid value: \"{text}\": must be a time like 2026-01-02T15:04:05Z");
    }

    private static void NotNegative(FieldErrors errors, string field, long? value, long least)
    {
        if (value < least)
        {
            errors.Invalid(field, value, $"must be greater than or equal to {least}");
        }
    }
}
