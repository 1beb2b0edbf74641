using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>pods/portforward</c>, in the three forms clients use: SPDY inside a WebSocket (kubectl since 1.31), SPDY by upgrade (older
/// ones), and the channel protocol (client libraries).
/// https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/4006-transition-spdy-to-websockets
/// </summary>
internal sealed class PortForwardEndpoint(NodeCall call, TimeProvider time, CancellationToken stopping)
{
    private const string Protocol = "portforward.k8s.io";
    private const string Tunnelled = $"SPDY/3.1+{Protocol}";
    private const string Spdy = "SPDY/3.1";

    // Of the channel protocols, clients know only this one here.
    private static readonly ChannelProtocol Channels = ChannelProtocol.Choose(["v4.channel.k8s.io"])!;

    public async Task HandleAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var (pod, node) = call.Find(request);
        var key = new ObjectKey(request.Namespace, request.Name);
        if (pod.Status?.Phase is not "Running")
        {
            throw new ApiException(
                StatusReason.BadRequest, $"unable to forward port because pod is not running. Current status={pod.Status?.Phase}");
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await RunAsync(context, query, (port, token) => node.ConnectAsync(key, port, token), end.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException or IOException && context.Response.HasStarted)
        {
            // The client left, the connection broke, or the server stops: nobody is left to tell.
            context.Abort();
        }
    }

    private async Task RunAsync(
        HttpContext context, Query query, Func<int, CancellationToken, Task<DuplexStream>> connect, CancellationToken cancellationToken)
    {
        var offered = context.WebSockets.WebSocketRequestedProtocols;
        if (context.WebSockets.IsWebSocketRequest && offered.Contains(Tunnelled))
        {
            // The slash in its name is none that RFC 6455 allows, so the platform would refuse to say it.
            context.Response.Headers.SecWebSocketProtocol = Tunnelled;
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await using var transport = new WebSocketConnection(socket);
            await new SpdyPortForward(transport, connect).RunAsync(cancellationToken);
            await transport.CompleteWritesAsync(cancellationToken);
        }
        else if (context.WebSockets.IsWebSocketRequest && offered.Contains(Channels.Name))
        {
            var ports = PortsOf(query);
            using var socket = await context.WebSockets.AcceptWebSocketAsync(Channels.Name);
            await new PortRelay(new ChannelSocket(socket, Channels), ports, connect, time).RunAsync(cancellationToken);
        }
        else if (!context.WebSockets.IsWebSocketRequest
            && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade
            && context.Request.Headers.Upgrade.ToString().Equals(Spdy, StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.Upgrade = Spdy;
            context.Response.Headers["X-Stream-Protocol-Version"] = Protocol;
            await using var transport = await upgrade.UpgradeAsync();
            await new SpdyPortForward(transport, connect).RunAsync(cancellationToken);
        }
        else
        {
            throw new ApiException(StatusReason.BadRequest, context.Request.Headers.Upgrade.Count == 0
                ? "Upgrade request required"
                : $"unable to negotiate a protocol: this server speaks {Tunnelled}, {Channels.Name} and {Spdy}");
        }
    }

    private static IReadOnlyList<int> PortsOf(Query query)
    {
        var texts = query.Texts("ports").SelectMany(static one => one.Split(',')).ToList();
        var ports = texts
            .Select(static text => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? (int)port : 0)
            .ToList();
        return ports.Count is > 0 and <= PortRelay.PortsMax && !ports.Contains(0)
            ? ports
            : throw new ApiException(
                StatusReason.BadRequest, $"query parameter \"ports\" must name 1 to {PortRelay.PortsMax} ports between 1 and 65535");
    }
}
