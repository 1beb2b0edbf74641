using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>What an API server tells of its cluster to whoever has a kubeconfig: health, version, nodes.</summary>
internal sealed class RemoteStatus(ApiConnection api, Terminal terminal)
{
    /// <summary>Prints it, and returns the exit code.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (healthy, checks) = await ReadHealthAsync(cancellationToken);
        var version = await api.GetAsync("/version", cancellationToken);
        var nodes = await api.GetAsync("/api/v1/nodes", cancellationToken);
        var address = api.Server.GetLeftPart(UriPartial.Authority);
        await terminal.Output.WriteLineAsync($"server      {address}  {version["gitVersion"]}");
        await terminal.Output.WriteLineAsync($"store       revision {nodes["metadata"]?["resourceVersion"]}");
        foreach (var node in nodes["items"]!.AsArray())
        {
            await terminal.Output.WriteLineAsync($"node        {DescribeNode(node!)}");
        }

        foreach (var check in checks)
        {
            await terminal.Output.WriteLineAsync($"component   {check}");
        }

        await terminal.Output.WriteLineAsync(healthy ? "The cluster is ready." : "The cluster is not ready.");
        return healthy ? 0 : CommandException.Failed;
    }

    // Both answers, ready and not, list the checks: [+]name ok, [-]name failed: why.
    private async Task<(bool Healthy, IReadOnlyList<string> Checks)> ReadHealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await api.OpenAsync("/readyz?verbose", "text/plain", cancellationToken);
            return (true, ChecksOf(await response.Content.ReadAsStringAsync(cancellationToken)));
        }
        catch (RefusedException refused) when (refused.Code is 500 or 503)
        {
            return (false, ChecksOf(refused.Message));
        }
    }

    private static string[] ChecksOf(string text)
        => [.. text.Split('\n').Where(static line => line is ['[', '+' or '-', ']', ..])
            .Select(static line => $"{(line[1] == '+' ? "ok  " : "FAIL")} {line[3..].Trim()}")];

    private static string DescribeNode(JsonNode node)
    {
        var ready = (node["status"]?["conditions"] as JsonArray ?? [])
            .FirstOrDefault(static one => one?["type"]?.ToString() == "Ready");
        var state = ready?["status"]?.ToString() == "True" ? "Ready" : $"NotReady ({ready?["message"]})";
        var about = node["status"]?["nodeInfo"];
        var unscheduled = node["spec"]?["unschedulable"]?.GetValue<bool>() == true ? ", SchedulingDisabled" : "";
        return $"{node["metadata"]?["name"]}  {state}{unscheduled}  {about?["containerRuntimeVersion"]}";
    }
}
