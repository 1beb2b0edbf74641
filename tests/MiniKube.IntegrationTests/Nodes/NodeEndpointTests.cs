using System.Net;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

public sealed class LocalNodeEndpointTests : NodeEndpointContract
{
    protected override INodeEndpoint Endpoint(ConnectedNode node) => node.Agent;
}

public sealed class DirectNodeEndpointTests : NodeEndpointContract
{
    protected override INodeEndpoint Endpoint(ConnectedNode node) => node.Remote;
}

/// <summary>The node tells an address nobody can reach: the tunnel is the only way.</summary>
public sealed class TunnelNodeEndpointTests : NodeEndpointContract
{
    protected override INodeEndpoint Endpoint(ConnectedNode node) => node.Remote;

    protected override async Task<ConnectedNode> StartAsync(CancellationToken cancellationToken)
    {
        var node = await ConnectedNode.StartAsync(IPAddress.Parse("192.0.2.1"), cancellationToken);
        await node.OpenTunnelAsync(cancellationToken);
        return node;
    }
}
