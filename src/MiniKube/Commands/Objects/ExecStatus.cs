using System.Globalization;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>The last frame of an exec: a Status that tells how the process ended.</summary>
internal static class ExecStatus
{
    /// <summary>The process's exit code; what is no exit code is told on standard error and counts as failed.</summary>
    public static async Task<int> ExitCodeAsync(string json, Terminal terminal)
    {
        var status = JsonNode.Parse(json) as JsonObject ?? [];
        if (status["status"]?.ToString() == "Success")
        {
            return 0;
        }

        var cause = (status["details"]?["causes"] as JsonArray ?? [])
            .FirstOrDefault(static one => one?["reason"]?.ToString() == "ExitCode");
        if (int.TryParse(cause?["message"]?.ToString(), CultureInfo.InvariantCulture, out var code))
        {
            await terminal.Error.WriteLineAsync($"command terminated with exit code {code}");
            return code;
        }

        await terminal.Error.WriteLineAsync($"error: {status["message"]}");
        return CommandException.Failed;
    }
}
