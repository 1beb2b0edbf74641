using System.Globalization;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>How a body that cannot be read is refused: 400, worded as Kubernetes does.</summary>
internal static class DecodingErrors
{
    public static ApiException Refused(ResourceDefinition definition, string why)
        => new(StatusReason.BadRequest,
            $"{definition.Gvk.Kind} in version \"{definition.Gvk.Version}\" cannot be handled as a {definition.Gvk.Kind}: {why}");

    /// <summary>Broken JSON, or a value its type cannot hold (times, base64).</summary>
    public static ApiException NotReadable(ResourceDefinition definition, JsonException failure)
        => failure.Path is { Length: > 2 } path && failure is not { InnerException: JsonException }
            ? Refused(definition, $"field \"{path[2..]}\": {Reason(failure)}")
            : new ApiException(StatusReason.BadRequest,
                $"the object provided is unrecognized (must be of type {definition.Gvk.Kind}): "
                + $"json parse error: {Sentence(failure.InnerException?.Message ?? failure.Message)}{Place(failure)}");

    private static string Reason(JsonException failure) => failure.InnerException switch
    {
        FormatException => "illegal base64 data",
        _ => Sentence(failure.Message),
    };

    // The platform's messages end in places of their own form: "... LineNumber: 0 | BytePositionInLine: 5."
    private static string Sentence(string message)
    {
        var place = message.IndexOf(" Path: ", StringComparison.Ordinal);
        place = place < 0 ? message.IndexOf(" LineNumber: ", StringComparison.Ordinal) : place;
        return (place < 0 ? message : message[..place]).TrimEnd('.');
    }

    private static string Place(JsonException failure)
        => failure.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {failure.BytePositionInLine + 1})")
            : "";
}
