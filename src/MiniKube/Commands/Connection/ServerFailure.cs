using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>What the server refused, in kubectl's words.</summary>
internal static class ServerFailure
{
    /// <summary>The failure of a response that is no success; reads its Status.</summary>
    public static async Task<RefusedException> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return Of((int)response.StatusCode, StatusOf(text), text);
    }

    /// <summary>The failure that a Status object tells, as a watch or a socket delivers it.</summary>
    public static RefusedException Of(JsonObject status)
        => Of(status["code"]?.GetValue<int>() ?? 0, status, status["message"]?.ToString() ?? "");

    private static RefusedException Of(int code, JsonObject? status, string text)
    {
        var reason = status?["reason"]?.ToString() ?? "";
        var message = status?["message"]?.ToString() ?? text.Trim();
        return new RefusedException(code, reason, Describe(code, reason, message, status?["details"] as JsonObject));
    }

    private static string Describe(int code, string reason, string message, JsonObject? details)
    {
        if (reason == "Invalid" && details is not null)
        {
            return DescribeInvalid(message, details);
        }

        if (code == 401)
        {
            return "error: You must be logged in to the server (Unauthorized)";
        }

        return $"Error from server{(reason.Length > 0 ? $" ({reason})" : "")}: {message}";
    }

    private static string DescribeInvalid(string message, JsonObject details)
    {
        var subject = $"The {details["kind"]} \"{details["name"]}\" is invalid";
        var causes = (details["causes"] as JsonArray ?? [])
            .Select(static cause => $"{cause?["field"]}: {cause?["message"]}")
            .ToList();
        return causes.Count switch
        {
            0 => $"{subject}: {message}",
            1 => $"{subject}: {causes[0]}",
            _ => $"{subject}: {string.Concat(causes.Select(static cause => $"\n* {cause}"))}",
        };
    }

    private static JsonObject? StatusOf(string text)
    {
        try
        {
            return JsonNode.Parse(text) is JsonObject status && status["kind"]?.ToString() == "Status" ? status : null;
        }
        catch (JsonException)
        {
            return null; // A proxy's page or plain text: shown as it came.
        }
    }
}

/// <summary>
/// The server said no. Commands that can go on look at the code and reason; others let the message be printed.
/// </summary>
internal sealed class RefusedException(int code, string reason, string message) : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;
}
