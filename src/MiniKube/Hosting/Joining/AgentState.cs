using System.Text.Json;
using MiniKube.Client;

namespace MiniKube;

/// <summary>
/// What a joined machine remembers, in <c>agent.json</c>: enough to start again while no server answers, and for <c>stop</c> to
/// find the pods.
/// </summary>
internal sealed record AgentState
{
    private const string FileName = "agent.json";

    public required string NodeName { get; init; }

    /// <summary>Servers known to belong to the cluster, the one to try first in front.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>What the cluster told at the last join; null before the first.</summary>
    public ClusterFacts? Cluster { get; init; }

    /// <summary>The node's last address.</summary>
    public string? NodeIp { get; init; }

    /// <summary>The runtime of the last start; null before the first.</summary>
    public string? Runtime { get; init; }

    /// <summary>The engine of the last start, for the docker runtime.</summary>
    public string? DockerEndpoint { get; init; }

    /// <summary>What was kept, or null in a directory of no joined machine.</summary>
    /// <exception cref="CommandException">The file is damaged.</exception>
    public static AgentState? Find(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (PrivateFile.Find(path) is not { } text)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(text, HostJson.Default.AgentState);
        }
        catch (JsonException damaged)
        {
            throw new CommandException(
                $"{path} is damaged ({damaged.Message}); remove it and start again with --server and --token", cause: damaged);
        }
    }

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string dataDirectory)
        => PrivateFile.Write(Path.Combine(dataDirectory, FileName), JsonSerializer.Serialize(this, HostJson.Default.AgentState));
}
