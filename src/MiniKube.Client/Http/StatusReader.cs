using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>Turns the failures a server reports back into the exception that made them.</summary>
internal static class StatusReader
{
    // A Status is short; what is longer than this is not one.
    private const int BodyBytesMax = 1 << 20;

    public static async Task<ApiException> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(BodyBytesMax, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return ToException(ObjectJson.Decode<V1Status>(body), (int)response.StatusCode);
        }
        catch (Exception failure) when (failure is JsonException or HttpRequestException or IOException)
        {
            // Something between us and the server answered, or nothing at all: the code is what we know.
            var code = (int)response.StatusCode;
            return new ApiException(ReasonOf(code), $"the server answered {code} {response.StatusCode}");
        }
    }

    /// <summary>The failure a watch reports in its stream.</summary>
    public static ApiException FromWatch(ReadOnlySpan<byte> status)
    {
        try
        {
            var decoded = ObjectJson.Decode<V1Status>(status);
            return ToException(decoded, decoded.Code ?? 500);
        }
        catch (JsonException)
        {
            return new ApiException(StatusReason.InternalError, "the watch reported an error that is not a Status");
        }
    }

    public static ApiException ToException(V1Status status, int code)
    {
        var reason = Enum.TryParse<StatusReason>(status.Reason, out var named) ? named : ReasonOf(code);
        return new ApiException(reason, status.Message ?? $"the server answered {code}")
        {
            Causes = CausesOf(status.Details),
            Subject = status.Details?.Kind is { } kind ? new Gvk(status.Details.Group ?? "", "", kind) : null,
            SubjectName = status.Details?.Name,
            RetryAfterSeconds = status.Details?.RetryAfterSeconds,
        };
    }

    private static ImmutableArray<FieldError> CausesOf(V1StatusDetails? details)
        => [.. (details?.Causes ?? [])
            .Select(static cause => new FieldError(cause.Field ?? "", cause.Reason ?? "", cause.Message ?? ""))];

    private static StatusReason ReasonOf(int code) => (HttpStatusCode)code switch
    {
        HttpStatusCode.BadRequest => StatusReason.BadRequest,
        HttpStatusCode.Unauthorized => StatusReason.Unauthorized,
        HttpStatusCode.Forbidden => StatusReason.Forbidden,
        HttpStatusCode.NotFound => StatusReason.NotFound,
        HttpStatusCode.MethodNotAllowed => StatusReason.MethodNotAllowed,
        HttpStatusCode.NotAcceptable => StatusReason.NotAcceptable,
        HttpStatusCode.Conflict => StatusReason.Conflict,
        HttpStatusCode.Gone => StatusReason.Gone,
        HttpStatusCode.RequestEntityTooLarge => StatusReason.RequestEntityTooLarge,
        HttpStatusCode.UnsupportedMediaType => StatusReason.UnsupportedMediaType,
        HttpStatusCode.UnprocessableEntity => StatusReason.Invalid,
        HttpStatusCode.TooManyRequests => StatusReason.TooManyRequests,
        HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway => StatusReason.ServiceUnavailable,
        HttpStatusCode.GatewayTimeout => StatusReason.Timeout,
        _ => StatusReason.InternalError,
    };
}
