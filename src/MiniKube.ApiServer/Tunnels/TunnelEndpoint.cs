using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// Where agents open their tunnels: <c>/minikube/v1/tunnel</c> is the control stream, <c>/minikube/v1/tunnel/N</c> the connection
/// that was asked for as number N. A node may open only its own. Administrators list them at <c>/minikube/v1/tunnels</c>.
/// </summary>
internal sealed partial class TunnelEndpoint(
    TunnelRegistry tunnels, TimeProvider time, ILogger<TunnelEndpoint> logger, CancellationToken stopping)
{
    private const string ListPath = "/minikube/v1/tunnels";
    private const string NodePrefix = "system:node:";

    public static bool Owns(string path)
        => path is TunnelMessage.Path or ListPath || path.StartsWith($"{TunnelMessage.Path}/", StringComparison.Ordinal);

    /// <exception cref="ApiException">The caller is no node, or sends something else than a WebSocket.</exception>
    public async Task HandleAsync(HttpContext context, UserInfo user, string path)
    {
        if (path == ListPath)
        {
            await ListAsync(context, user);
            return;
        }

        var node = NodeOf(user) ?? throw new ApiException(
            StatusReason.Forbidden, $"forbidden: User \"{user.Name}\" cannot open a tunnel: only a node may, for itself");
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw new ApiException(StatusReason.BadRequest, "Upgrade request required: a tunnel is a WebSocket");
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await (path == TunnelMessage.Path
                ? ControlAsync(context, node, end.Token)
                : StreamAsync(context, node, path[(TunnelMessage.Path.Length + 1)..], end.Token));
        }
        catch (Exception gone) when (gone is WebSocketException or JsonException or IOException
            || (gone is OperationCanceledException && (end.IsCancellationRequested || context.Response.HasStarted)))
        {
            // The agent left, or the server stops; whoever used the tunnel is told by its streams.
            context.Abort();
        }
    }

    private async Task ControlAsync(HttpContext context, string node, CancellationToken cancellationToken)
    {
        using var socket = await AcceptAsync(context);
        var tunnel = new Tunnel(node, $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}", socket, time);
        tunnels.Add(tunnel);
        Log.Opened(logger, node, tunnel.Remote);
        try
        {
            await tunnel.RunAsync(cancellationToken);
        }
        finally
        {
            tunnels.Remove(tunnel);
            Log.Closed(logger, node);
        }
    }

    private async Task StreamAsync(HttpContext context, string node, string number, CancellationToken cancellationToken)
    {
        var isKnown = long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var dial)
            && tunnels.Find(node) is { } tunnel
            && await tunnel.TryServeAsync(dial, () => AcceptAsync(context), cancellationToken);
        if (!isKnown)
        {
            throw new ApiException(StatusReason.NotFound, $"nobody asked node \"{node}\" for connection {number}");
        }
    }

    // HTTP/2 pings tell a dead connection; thousands of tunnels must not each ping for themselves.
    private static Task<WebSocket> AcceptAsync(HttpContext context)
    {
        // It may be quiet for days, and carry any amount.
        SetUnlimited(context.Features);
        return context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero });
    }

    private static void SetUnlimited(IFeatureCollection features)
    {
        if (features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private async Task ListAsync(HttpContext context, UserInfo user)
    {
        if (!user.Groups.Contains(UserInfo.Masters))
        {
            throw new ApiException(StatusReason.Forbidden, $"forbidden: User \"{user.Name}\" cannot get path \"{ListPath}\"");
        }

        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("tunnels");
            foreach (var tunnel in tunnels.All)
            {
                json.WriteStartObject();
                json.WriteString("node", tunnel.NodeName);
                json.WriteString("from", tunnel.Remote);
                json.WriteString("since", tunnel.Since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                json.WriteNumber("streams", tunnel.Streams);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        await Respond.JsonAsync(context, StatusCodes.Status200OK, buffer.ToArray(), pretty: false);
    }

    private static string? NodeOf(UserInfo user)
        => user.Name.StartsWith(NodePrefix, StringComparison.Ordinal) && user.Groups.Contains("system:nodes")
            ? user.Name[NodePrefix.Length..]
            : null;

    private static partial class Log
    {
        [LoggerMessage(2300, LogLevel.Information, "Tunnel of node {Node} opened from {Remote}")]
        public static partial void Opened(ILogger logger, string node, string remote);

        [LoggerMessage(2301, LogLevel.Information, "Tunnel of node {Node} closed")]
        public static partial void Closed(ILogger logger, string node);
    }
}
