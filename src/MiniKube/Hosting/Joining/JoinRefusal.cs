using System.Net;
using System.Text.Json;

namespace MiniKube;

/// <summary>Turns a server's refusal to let a machine in into the line a person reads.</summary>
internal static class JoinRefusal
{
    public static async Task<JoinRefusedException> ReadAsync(
        Uri server, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var message = MessageOf(await response.Content.ReadAsStringAsync(cancellationToken));
        return new JoinRefusedException(response.StatusCode, response.StatusCode switch
        {
            HttpStatusCode.Unauthorized when message is not (null or "Unauthorized")
                => $"{server.Authority} does not accept the token: {message}, and start the agent with --token",
            HttpStatusCode.Unauthorized
                => $"{server.Authority} does not accept the token; "
                    + "make a new one on the server with 'minikube token create', and start the agent with --token",
            HttpStatusCode.NotFound
                => $"{server.Authority} is not a MiniKube server that machines can join; is it of an older version?",
            _ => $"{server.Authority} refuses the join{Because(message ?? $"it answered {(int)response.StatusCode}")}",
        });
    }

    private static string Because(string? message) => message is null ? "" : $": {message}";

    private static string? MessageOf(string body)
    {
        try
        {
            using var status = JsonDocument.Parse(body);
            return status.RootElement.ValueKind == JsonValueKind.Object
                && status.RootElement.TryGetProperty("message", out var message)
                && message.ValueKind == JsonValueKind.String
                    ? message.GetString()
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The server answered, and said no.</summary>
internal sealed class JoinRefusedException(HttpStatusCode code, string message) : CommandException(message)
{
    public HttpStatusCode Code { get; } = code;

    /// <summary>True when the same question may get another answer: the server, not the machine, has the problem.</summary>
    public bool MayPass => (int)Code >= 500 || Code == HttpStatusCode.TooManyRequests;
}
