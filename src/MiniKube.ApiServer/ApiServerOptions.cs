using System.Net;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>How the API server listens and what it tells about itself. Read once, at construction.</summary>
public sealed record ApiServerOptions
{
    /// <summary>Where to listen. All addresses by default, so that other machines can join.</summary>
    public IPAddress BindAddress { get; init; } = IPAddress.Any;

    /// <summary>
    /// The HTTPS port; 0 takes any free one (see <see cref="ApiServerComponent.BoundPort"/>). 6443, as kubeadm has it.
    /// </summary>
    public int HttpsPort { get; init; } = 6443;

    /// <summary>
    /// The address other machines and pods reach this server at. Null takes the first address of this host that is not
    /// loopback.
    /// </summary>
    public IPAddress? AdvertiseAddress { get; init; }

    /// <summary>
    /// Where certificates, keys and the admin token are kept; made when missing, readable by the owner only.
    /// </summary>
    public required string PkiDirectory { get; init; }

    /// <summary>More names and addresses the server certificate is good for.</summary>
    public IReadOnlyList<string> ExtraSans { get; init; } = [];

    /// <summary>
    /// The administrator's bearer token; null is generated once and kept in <see cref="PkiDirectory"/>.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Where service addresses come from. Its first address is the API server's own service.</summary>
    public IPNetwork ServiceCidr { get; init; } = IPNetwork.Parse("10.43.0.0/16");

    /// <summary>How long pods stay on a node that is lost, unless they say so themselves.</summary>
    public LostNodePatience LostNodePatience { get; init; } = new();

    /// <summary>Where node ports come from. Kubernetes' default.</summary>
    public PortRange NodePortRange { get; init; } = new(30_000, 32_767);

    /// <summary>The cluster's DNS domain, for the names in the server certificate.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>What is told of requests in an audit log; null tells nothing.</summary>
    public AuditOptions? Audit { get; init; }

    /// <summary>How much is done at once, and for how long.</summary>
    public RequestLimits Limits { get; init; } = new();

    /// <summary>What joining machines are told about the cluster.</summary>
    public ClusterFacts Cluster { get; init; } = new() { ClusterCidr = "10.42.0.0/16", ServiceCidr = "10.43.0.0/16" };
}

/// <summary>
/// How long pods that do not say so themselves stay on a node that is lost, in seconds. 300 each, as kube-apiserver's
/// <c>--default-not-ready-toleration-seconds</c> and <c>--default-unreachable-toleration-seconds</c>.
/// </summary>
/// <param name="NotReadySeconds">On a node that says that it is not ready.</param>
/// <param name="UnreachableSeconds">On a node that says nothing any more.</param>
public sealed record LostNodePatience(long NotReadySeconds = 300, long UnreachableSeconds = 300);

/// <summary>Ports from first to last, both included.</summary>
public readonly record struct PortRange(int First, int Last)
{
    /// <summary>True when the port lies in the range.</summary>
    public bool Contains(int port) => port >= First && port <= Last;

    /// <inheritdoc />
    public override string ToString() => $"{First}-{Last}";
}
