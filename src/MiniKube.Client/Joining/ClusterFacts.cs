using System.Net;
using System.Text.Json.Serialization;

namespace MiniKube.Client;

/// <summary>
/// What every machine of a cluster must know and agree on: the <c>cluster</c> object of a join's answer and of
/// <c>GET /minikube/v1/cluster</c>.
/// </summary>
public sealed record ClusterFacts
{
    /// <summary>Addresses of pods: <c>10.42.0.0/16</c>.</summary>
    public required string ClusterCidr { get; init; }

    /// <summary>Addresses of Services: <c>10.43.0.0/16</c>.</summary>
    public required string ServiceCidr { get; init; }

    /// <summary>The DNS server of pods; null when the cluster has none, and pods ask the one their machine asks.</summary>
    public string? ClusterDns { get; init; }

    /// <summary>Suffix of names in the cluster.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>How packets get from node to node: <c>vxlan</c>, <c>host-gw</c> or <c>none</c>.</summary>
    public string NetworkBackend { get; init; } = "vxlan";

    /// <summary>The id of the cluster's VXLAN packets.</summary>
    public int VxlanId { get; init; } = 1;

    /// <summary>The UDP port of the cluster's VXLAN packets.</summary>
    public int VxlanPort { get; init; } = 8472;

    /// <summary>Ports of NodePort Services: <c>30000-32767</c>.</summary>
    public string NodePortRange { get; init; } = "30000-32767";

    /// <summary>Parts that were switched off for the whole cluster (<c>--disable</c>).</summary>
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary>The server's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>The parsed <see cref="ServiceCidr"/>.</summary>
    [JsonIgnore]
    public IPNetwork Services => IPNetwork.Parse(ServiceCidr);

    /// <summary>The parsed <see cref="ClusterCidr"/>.</summary>
    [JsonIgnore]
    public IPNetwork Pods => IPNetwork.Parse(ClusterCidr);

    /// <summary>The parsed <see cref="ClusterDns"/>.</summary>
    [JsonIgnore]
    public IPAddress? Dns => ClusterDns is null ? null : IPAddress.Parse(ClusterDns);
}
