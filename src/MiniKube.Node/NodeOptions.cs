using System.Net;
using k8s.Models;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// What the agent is told about its node. Checked by whoever reads the command line; nothing here changes later but the address.
/// </summary>
public sealed record NodeOptions
{
    /// <summary>The name of the Node object.</summary>
    public required string NodeName { get; init; }

    /// <summary>The address other nodes reach this one by; followed when it changes.</summary>
    public required NodeAddress Address { get; init; }

    /// <summary>What <see cref="Address"/> is now.</summary>
    public IPAddress NodeIp => Address.Current;

    /// <summary>The addresses that pods of an earlier process have: the node asks for them when it is new to the cluster again.</summary>
    public IPNetwork? PodCidrInUse { get; init; }

    /// <summary>Completes when pods reach those of other nodes: the node is not reported ready before.</summary>
    public Task NetworkSetUp { get; init; } = Task.CompletedTask;

    /// <summary>Labels besides those every node has (<c>--node-label</c>).</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints the node registers with (<c>--node-taint</c>); a node that is there already keeps its own.</summary>
    public IReadOnlyList<V1Taint> Taints { get; init; } = [];

    /// <summary>True on a server: the node carries the control plane's role label.</summary>
    public bool IsControlPlane { get; init; }

    /// <summary>Where the agent keeps pods' volumes and finished pods' logs; made when missing, 0700.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Most pods on this node. 110, the kubelet's default.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>The cluster's DNS server, or null while the cluster has none: pods then use the node's own.</summary>
    public IPAddress? ClusterDns { get; init; }

    /// <summary>Where pods with the DNS policy Default have theirs from: <c>/etc/resolv.conf</c>.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The domain of Services. <c>cluster.local</c>, as everywhere.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>
    /// Port of the node's HTTPS endpoint, as the Node object names it; 0 takes any free one. 10250, the kubelet's.
    /// </summary>
    public int KubeletPort { get; init; } = DefaultKubeletPort;

    /// <summary>True when a person chose the port: another one is then no substitute.</summary>
    public bool IsKubeletPortChosen { get; init; }

    /// <summary>How the endpoint shows itself and knows its clients; null serves nobody over the wire.</summary>
    public KubeletIdentity? Kubelet { get; init; }

    /// <summary>10250, as everywhere.</summary>
    public const int DefaultKubeletPort = 10250;

    /// <summary>The version the server reports (<c>v1.35.0+minikube.1</c>); nodes report the same.</summary>
    public required string Version { get; init; }

    /// <summary>How often the node's Lease is renewed. 10 s, a quarter of <see cref="LeaseDuration"/>, as the kubelet does.</summary>
    public TimeSpan LeaseRenewal { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a renewed Lease holds. 40 s, the kubelet's default.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(40);
}
