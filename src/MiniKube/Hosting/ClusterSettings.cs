using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiniKube.ApiServer;
using MiniKube.Client;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>
/// What a cluster cannot change any more once it has objects: decided at the first start, kept in <c>cluster.json</c>, and
/// compared with the flags at every later one.
/// </summary>
internal sealed record ClusterSettings
{
    /// <summary>The file in the data directory.</summary>
    public const string FileName = "cluster.json";

    public required string ClusterCidr { get; init; }

    public required string ServiceCidr { get; init; }

    public required string ClusterDomain { get; init; }

    /// <summary>How packets get from node to node; the other nodes are told when they start.</summary>
    public string NetworkBackend { get; init; } = "vxlan";

    /// <summary>The id of the cluster's VXLAN packets.</summary>
    public int VxlanId { get; init; } = NodeNetworkOptions.DefaultVxlanId;

    /// <summary>The UDP port of the cluster's VXLAN packets.</summary>
    public int VxlanPort { get; init; } = NodeNetworkOptions.DefaultVxlanPort;

    /// <summary>The runtime of the last start, so that <c>stop</c> finds its pods; null when there was none.</summary>
    public string? Runtime { get; init; }

    /// <summary>The engine of the last start, for the docker runtime.</summary>
    public string? DockerEndpoint { get; init; }

    [JsonIgnore]
    public IPNetwork Pods => IPNetwork.Parse(ClusterCidr);

    [JsonIgnore]
    public IPNetwork Services => IPNetwork.Parse(ServiceCidr);

    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>What was decided, or null in a directory that has no cluster yet.</summary>
    /// <exception cref="CommandException">The file is damaged.</exception>
    public static ClusterSettings? Find(string dataDirectory)
    {
        var path = PathIn(dataDirectory);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), HostJson.Default.ClusterSettings);
        }
        catch (JsonException damaged)
        {
            throw new CommandException(
                $"{path} is damaged ({damaged.Message}); restore it from a backup, or make a new cluster with --data-dir", cause: damaged);
        }
    }

    /// <summary>Decides at the first start, and refuses flags that contradict what was decided then.</summary>
    /// <exception cref="CommandException">
    /// The ranges cannot be used on this machine, or differ from the cluster's.
    /// </exception>
    public static ClusterSettings Resolve(ServerSettings asked, ClusterSettings? decided, IReadOnlyCollection<IPNetwork> usedNetworks)
    {
        if (decided is null)
        {
            return Decide(asked, usedNetworks);
        }

        Refuse("--cluster-cidr", asked.ClusterCidr?.ToString(), decided.ClusterCidr);
        Refuse("--service-cidr", asked.ServiceCidr?.ToString(), decided.ServiceCidr);
        return WithBackend(decided with { ClusterDomain = asked.ClusterDomain }, asked);
    }

    /// <summary>The part that every machine of the cluster must know.</summary>
    public ClusterFacts ToFacts(ServerSettings asked) => new()
    {
        ClusterCidr = ClusterCidr,
        ServiceCidr = ServiceCidr,
        ClusterDns = asked.ClusterDns?.ToString(),
        ClusterDomain = ClusterDomain,
        NetworkBackend = NetworkBackend,
        VxlanId = VxlanId,
        VxlanPort = VxlanPort,
        NodePortRange = asked.NodePorts.ToString(),
        Disabled = [.. asked.Disabled.Order()],
        Version = ApiServerComponent.Version,
    };

    /// <summary>Writes the file, whole or not at all.</summary>
    public void Save(string dataDirectory)
    {
        var path = PathIn(dataDirectory);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, HostJson.Default.ClusterSettings));
        File.Move(path + ".new", path, overwrite: true);
    }

    private static ClusterSettings Decide(ServerSettings asked, IReadOnlyCollection<IPNetwork> usedNetworks)
    {
        var ranges = Ranges(asked, usedNetworks);
        var made = new ClusterSettings
        {
            ClusterCidr = ranges.Pods.ToString(),
            ServiceCidr = ranges.Services.ToString(),
            ClusterDomain = asked.ClusterDomain,
            VxlanId = VxlanIds.Choose(PodNetworkOptions.InstanceNameOf(asked.DataDirectory)),
        };
        return WithBackend(made, asked);
    }

    // Unlike the ranges these may change: nothing that is stored depends on them.
    private static ClusterSettings WithBackend(ClusterSettings settings, ServerSettings asked) => settings with
    {
        NetworkBackend = asked.NetworkBackend ?? settings.NetworkBackend,
        VxlanId = asked.VxlanId ?? settings.VxlanId,
        VxlanPort = asked.VxlanPort ?? settings.VxlanPort,
    };

    private static ClusterCidrs Ranges(ServerSettings asked, IReadOnlyCollection<IPNetwork> usedNetworks)
    {
        if (asked.ClusterCidr is null && asked.ServiceCidr is null)
        {
            return ClusterCidrs.FirstFree(usedNetworks) ?? throw new CommandException(
                "every range this machine could give to pods meets a network it has a route to; "
                + "choose with --cluster-cidr and --service-cidr");
        }

        var ranges = new ClusterCidrs(
            asked.ClusterCidr ?? ClusterCidrs.Default.Pods, asked.ServiceCidr ?? ClusterCidrs.Default.Services);
        return ranges.FindConflict(usedNetworks) is { } conflict ? throw new CommandException(conflict) : ranges;
    }

    private static void Refuse(string flag, string? asked, string decided)
    {
        if (asked is not null && asked != decided)
        {
            throw new CommandException(
                $"{flag} {asked} differs from {decided}, which this cluster was made with; "
                + "drop the flag, or make a new cluster with --data-dir");
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ClusterSettings))]
[JsonSerializable(typeof(AgentState))]
internal sealed partial class HostJson : JsonSerializerContext;
