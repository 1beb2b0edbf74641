using System.Net;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>
/// What the controllers need to know about the cluster. Checked by <see cref="Validate"/> before anything starts.
/// </summary>
public sealed record ControllerOptions
{
    /// <summary>The range pod addresses come from; each node gets a part of it.</summary>
    public IPNetwork ClusterCidr { get; init; } = IPNetwork.Parse("10.42.0.0/16");

    /// <summary>Prefix length of a node's part: 24, so 254 pods and, out of a /16, 256 nodes.</summary>
    public int NodeCidrPrefix { get; init; } = 24;

    /// <summary>Certificates of the cluster's authority, as every pod gets them in <c>kube-root-ca.crt</c>.</summary>
    public required TrustedAuthorities RootCertificates { get; init; }

    /// <summary>
    /// How long a node may be silent before it is not ready. 40 s: four renewals of its lease. Kubernetes had 40 s up to 1.31
    /// and has 50 s since.
    /// </summary>
    public TimeSpan NodeMonitorGracePeriod { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>How many finished pods are kept in the cluster: 12,500, as kube-controller-manager.</summary>
    public int FinishedPodsMax { get; init; } = 12_500;

    /// <summary>
    /// How long pods of a node that is not in the API are left alone. 40 s, as Kubernetes' pod garbage collector.
    /// </summary>
    public TimeSpan MissingNodeQuarantine { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Whether the built-in load balancer publishes the nodes of Services of type LoadBalancer.</summary>
    public bool LoadBalancer { get; init; } = true;

    /// <summary>Signs with the authority's key; null leaves approved certificate requests to somebody else.</summary>
    public ICertificateSigner? CertificateSigner { get; init; }

    /// <exception cref="ArgumentException">The settings do not fit together; the message says which.</exception>
    public void Validate()
    {
        if (NodeCidrPrefix < ClusterCidr.PrefixLength || NodeCidrPrefix > 30)
        {
            throw new ArgumentException($"a node's /{NodeCidrPrefix} is not a part of {ClusterCidr} with room for pods");
        }
    }
}
