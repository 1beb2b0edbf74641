using System.Net;
using System.Net.Sockets;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// Connections to nodes: through the node's tunnel when it has one, else straight to its address. An agent may sit behind NAT, so
/// the tunnel comes first; the direct way serves nodes whose tunnel is just being made again.
/// </summary>
internal sealed class NodeDialer(ApiPipeline pipeline, TunnelRegistry tunnels, TimeProvider time)
{
    // A node that drops packets must not hold a request up for the two minutes a kernel tries.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    /// <summary>A connection to the node's HTTPS endpoint, still without TLS.</summary>
    /// <exception cref="ApiException">ServiceUnavailable: it cannot be reached; the message says which ways were tried.</exception>
    public async Task<Stream> DialKubeletAsync(string nodeName, CancellationToken cancellationToken)
    {
        var tunnel = tunnels.Find(nodeName);
        try
        {
            if (tunnel is not null)
            {
                return await tunnel.DialAsync(TunnelMessage.Kubelet, cancellationToken);
            }

            var address = KubeletOf(Find(nodeName));
            return await ConnectAsync(address, cancellationToken);
        }
        catch (IOException failure)
        {
            throw Unreachable(nodeName, tunnel is null, failure.Message);
        }
    }

    /// <summary>A connection to an address of the pod network on that node.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public async Task<Stream> DialPodAsync(string nodeName, IPEndPoint pod, CancellationToken cancellationToken)
        => tunnels.Find(nodeName) is { } tunnel
            ? await tunnel.DialAsync(pod.ToString(), cancellationToken)
            : await ConnectAsync(pod, cancellationToken);

    /// <summary>A plain TCP connection from this machine.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public async Task<Stream> ConnectAsync(EndPoint address, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(ConnectPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException refused)
        {
            socket.Dispose();
            throw new IOException($"{address}: {refused.Message}", refused);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException($"{address} did not answer within {ConnectPatience.TotalSeconds:0} s");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The Node object.</summary>
    /// <exception cref="ApiException">NotFound.</exception>
    public V1Node Find(string nodeName)
    {
        var definition = pipeline.Resources.Find(Gvr.Core("v1", "nodes"))!;
        var request = new ResourceRequest(UserInfo.ApiServer, Verb.Get, definition, Namespace: "", nodeName);
        return (V1Node)definition.View(pipeline.Get(request)).Item;
    }

    private static IPEndPoint KubeletOf(V1Node node)
    {
        var internalAddress = node.Status?.Addresses?.FirstOrDefault(static one => one.Type == "InternalIP")?.Address;
        return IPAddress.TryParse(internalAddress, out var address)
            && node.Status?.DaemonEndpoints?.KubeletEndpoint?.Port is int port and > 0
            ? new IPEndPoint(address, port)
            : throw new IOException("the node has not told its address yet");
    }

    private static ApiException Unreachable(string nodeName, bool isDirect, string why)
        => new(StatusReason.ServiceUnavailable, isDirect
            ? $"the node agent of \"{nodeName}\" cannot be reached: it has no tunnel to this server, and {why}. "
                + "Start the agent, or wait until it is back"
            : $"the node agent of \"{nodeName}\" cannot be reached through its tunnel: {why}")
        {
            RetryAfterSeconds = 1,
        };
}
