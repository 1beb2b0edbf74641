using System.Net;
using MiniKube.Client;

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

    /// <summary>The node's address unless told otherwise.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>True on a server.</summary>
    public bool IsControlPlane { get; init; }

    /// <summary>A joined machine's: everything over one HTTPS client, as the node.</summary>
    public static NodeConnection Over(HttpApiClient client, ClusterFacts cluster, IPAddress address) => new()
    {
        Cluster = cluster,
        Node = client,
        PartNamed = _ => client,
        Nodes = new NodeDirectory(),
        Address = address,
    };
}
