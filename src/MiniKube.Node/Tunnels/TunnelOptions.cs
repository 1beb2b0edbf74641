using System.Net;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>What an agent's tunnels need. The functions are called at every connection, from any thread.</summary>
public sealed record TunnelOptions
{
    /// <summary>Every one gets a tunnel.</summary>
    public required ServerAddresses Servers { get; init; }

    /// <summary>The node's certificate, for <c>system:node:NAME</c>, and whose servers are believed. Read at every new tunnel.</summary>
    public required ClientIdentity Identity { get; init; }

    /// <summary>The node's address. When it changes, what was open from the old one leads nowhere, and is opened again at once.</summary>
    public required NodeAddress Address { get; init; }

    /// <summary>Where the node's own HTTPS endpoint listens on this machine; 0 while it does not.</summary>
    public required Func<int> KubeletPort { get; init; }

    /// <summary>The addresses of the node's pods; null while it has none.</summary>
    public required Func<IPNetwork?> PodAddresses { get; init; }
}
