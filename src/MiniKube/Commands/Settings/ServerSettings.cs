using System.Diagnostics.CodeAnalysis;
using System.Net;
using MiniKube.ApiServer;

namespace MiniKube;

/// <summary>
/// Everything a person decided about a server. What they left open has its default, or null where it is chosen at
/// start.
/// </summary>
internal sealed record ServerSettings : NodeSettings
{
    public ServerSettings()
    {
    }

    [SetsRequiredMembers]
    public ServerSettings(NodeSettings node)
        : base(node)
    {
    }

    /// <summary>Where HTTPS listens. 0.0.0.0.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary>6443, as kube-apiserver.</summary>
    public int HttpsPort { get; init; } = 6443;

    /// <summary>The address others reach this server at; null takes the node's.</summary>
    public IPAddress? AdvertiseAddress { get; init; }

    /// <summary>More names and addresses for the server's certificate.</summary>
    public IReadOnlyList<string> TlsSans { get; init; } = [];

    /// <summary>The admin's bearer token; null lets the server make one.</summary>
    public string? Token { get; init; }

    /// <summary>Addresses of pods; null chooses a range that is free on this machine, 10.42.0.0/16 first.</summary>
    public IPNetwork? ClusterCidr { get; init; }

    /// <summary>Addresses of Services; null chooses a range that is free on this machine, 10.43.0.0/16 first.</summary>
    public IPNetwork? ServiceCidr { get; init; }

    /// <summary>The DNS server of pods; null is the tenth address of the range of Services.</summary>
    public IPAddress? ClusterDns { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>How packets get from node to node; null keeps what it was, VXLAN at first.</summary>
    public string? NetworkBackend { get; init; }

    /// <summary>Null keeps what it was: 1 at first, or another number on a machine of several clusters.</summary>
    public int? VxlanId { get; init; }

    /// <summary>Null keeps what it was, 8472 at first.</summary>
    public int? VxlanPort { get; init; }

    public PortRange NodePorts { get; init; } = new(30000, 32767);

    /// <summary>Null is <c>admin.kubeconfig</c> in the data directory.</summary>
    public string? KubeconfigFile { get; init; }

    /// <summary>What is left out of the cluster: names of <see cref="OptionalPart"/>.</summary>
    public IReadOnlySet<string> Disabled { get; init; } = new HashSet<string>();

    /// <summary>Control plane only: no node on this machine.</summary>
    public bool DisableAgent { get; init; }

    public LostNodeSettings LostNodes { get; init; } = new();

    /// <summary>What is told of requests in an audit log; null tells nothing.</summary>
    public AuditOptions? Audit { get; init; }

    /// <summary>How much is done at once, and for how long.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>When snapshots are taken by themselves; null never. Every twelve hours, as k3s does.</summary>
    public SnapshotSchedule? SnapshotSchedule { get; init; } = MiniKube.SnapshotSchedule.Default;

    /// <summary>How many scheduled snapshots are kept. Five, as k3s keeps.</summary>
    public int SnapshotRetention { get; init; } = 5;

    /// <summary>Where snapshots go; null is <c>snapshots</c> in the data directory.</summary>
    public string? SnapshotDirectory { get; init; }

    /// <summary>Holds the passphrase under which scheduled snapshots take the keys along; null leaves the keys out.</summary>
    public string? SnapshotPassphraseFile { get; init; }
}
