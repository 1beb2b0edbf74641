using MiniKube.Client;
using MiniKube.Node;

namespace MiniKube;

/// <summary>
/// How the parts of a node reach their cluster, and what they must know of it: by a call on a server, over HTTPS elsewhere.
/// </summary>
internal sealed record NodeConnection
{
    public required ClusterFacts Cluster { get; init; }

    /// <summary>The API as <c>system:node:NAME</c>.</summary>
    public required IApiClient Node { get; init; }

    /// <summary>The API for a part of its own name (<c>system:kube-proxy</c>). On a joined machine all are the node.</summary>
    public required Func<string, IApiClient> PartNamed { get; init; }

    /// <summary>Where the node agent says that it can be asked for logs and exec.</summary>
    public required NodeDirectory Nodes { get; init; }

    /// <summary>The node's address.</summary>
    public required NodeAddress Address { get; init; }

    /// <summary>The certificates of the node's own HTTPS endpoint; null serves nobody over the wire.</summary>
    public KubeletIdentity? Kubelet { get; init; }

    /// <summary>What the node shows to those who connect to it.</summary>
    public required ServingIdentity Serving { get; init; }

    /// <summary>The servers and who this machine is to them, for connections besides the API's; null on a server.</summary>
    public HttpApiClientOptions? Remote { get; init; }

    /// <summary>True on a server.</summary>
    public bool IsControlPlane { get; init; }

    /// <summary>A joined machine's: everything over one HTTPS client, as the node.</summary>
    public static NodeConnection Over(
        HttpApiClient client, HttpApiClientOptions remote, ClusterFacts cluster, NodeAddress address, ServingIdentity serving) => new()
    {
        Cluster = cluster,
        Node = client,
        PartNamed = _ => client,
        Nodes = new NodeDirectory(),
        Address = address,
        Serving = serving,
        Kubelet = new KubeletIdentity(
            () => serving.Certificate
                ?? throw new InvalidOperationException("this machine has no certificates before it has joined"),
            () => remote.Identity.Authorities),
        Remote = remote,
    };
}
