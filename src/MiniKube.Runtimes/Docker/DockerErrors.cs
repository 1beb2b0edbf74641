using System.Net;
using System.Text.Json;
using Docker.DotNet;

namespace MiniKube.Runtimes;

/// <summary>The engine's failures in the runtime's words.</summary>
internal static class DockerErrors
{
    public static async Task<T> TranslateAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (Exception failure) when (Translate(failure) is { } translated)
        {
            throw translated;
        }
    }

    public static async Task TranslateAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (Exception failure) when (Translate(failure) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The failure in the runtime's words; null when it is not one of the engine or the way to it.</summary>
    public static RuntimeException? Translate(Exception failure) => failure switch
    {
        DockerImageNotFoundException missing => new(RuntimeError.ImageNotFound, MessageOf(missing), missing),
        DockerApiException refused => new(ErrorOf(refused), MessageOf(refused), refused),
        HttpRequestException or TimeoutException or IOException => new(
            RuntimeError.Unavailable, $"the Docker engine does not answer: {failure.Message}", failure),
        _ => null,
    };

    private static RuntimeError ErrorOf(DockerApiException refused)
    {
        var message = MessageOf(refused);
        if (message.Contains("executable file not found", StringComparison.Ordinal)
            || message.Contains("OCI runtime create failed", StringComparison.Ordinal)
            || message.Contains("no such file or directory", StringComparison.Ordinal))
        {
            return RuntimeError.CannotRun;
        }

        return refused.StatusCode switch
        {
            HttpStatusCode.NotFound when message.Contains("No such image", StringComparison.OrdinalIgnoreCase)
                => RuntimeError.ImageNotFound,
            HttpStatusCode.NotFound => RuntimeError.NotFound,
            _ => RuntimeError.Failed,
        };
    }

    // The body is {"message":"..."}; the exception's own text repeats the status code before it.
    private static string MessageOf(DockerApiException refused)
    {
        try
        {
            using var body = JsonDocument.Parse(refused.ResponseBody ?? "");
            return body.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? refused.Message : refused.Message;
        }
        catch (JsonException)
        {
            return refused.Message;
        }
    }
}
