using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// Sessions over WebSocket. What was asked for is started before the upgrade, so that a refusal is an ordinary answer with the
/// reason in it.
/// </summary>
internal sealed class KubeletStreams(INodeEndpoint node, TimeProvider time)
{
    public async Task ExecAsync(HttpContext context, ContainerAddress container, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        string[] command = [.. query["command"].OfType<string>()];
        if (command.Length == 0)
        {
            throw new ApiException(StatusReason.BadRequest, "command: Required value");
        }

        var protocol = Negotiate(context);
        var options = new ExecOptions(command) { Stdin = Flag(query, "input"), Tty = Flag(query, "tty") };
        await using var process = await node.ExecAsync(container, options, cancellationToken);
        await RelayAsync(context, protocol, process, cancellationToken);
    }

    public async Task AttachAsync(HttpContext context, ContainerAddress container, CancellationToken cancellationToken)
    {
        var query = context.Request.Query;
        var protocol = Negotiate(context);
        var options = new AttachOptions
        {
            Stdin = Flag(query, "input"),
            Stdout = Flag(query, "output"),
            Stderr = Flag(query, "error"),
            Tty = Flag(query, "tty"),
        };
        await using var process = await node.AttachAsync(container, options, cancellationToken);
        await RelayAsync(context, protocol, process, cancellationToken);
    }

    public async Task PortForwardAsync(HttpContext context, ObjectKey pod, CancellationToken cancellationToken)
    {
        if (!ushort.TryParse(context.Request.Query["port"], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0)
        {
            throw new ApiException(StatusReason.BadRequest, "port: Invalid value: must be between 1 and 65535");
        }

        var protocol = Negotiate(context);
        await using var connection = await node.ConnectAsync(pod, port, cancellationToken);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol.Name);
        var relay = new PortRelay(new ChannelSocket(socket, protocol), [port], (_, _) => Task.FromResult(connection), time);
        await UntilBrokenAsync(relay.RunAsync(cancellationToken));
    }

    /// <summary>True when given and neither 0 nor false.</summary>
    public static bool Flag(IQueryCollection query, string name)
        => query.TryGetValue(name, out var found) && found.ToString() is not ("0" or "false");

    private static ChannelProtocol Negotiate(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw new ApiException(StatusReason.BadRequest, "Upgrade request required");
        }

        return ChannelProtocol.Choose(context.WebSockets.WebSocketRequestedProtocols)
            ?? throw new ApiException(StatusReason.BadRequest,
                $"unable to negotiate a protocol: this node speaks {string.Join(", ", ChannelProtocol.Names)}");
    }

    private async Task RelayAsync(
        HttpContext context, ChannelProtocol protocol, IProcessSession process, CancellationToken cancellationToken)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol.Name);
        var relay = new ProcessRelay(process, new ChannelSocket(socket, protocol), time);
        await UntilBrokenAsync(relay.RunAsync(cancellationToken));
    }

    private static async Task UntilBrokenAsync(Task session)
    {
        try
        {
            await session;
        }
        catch (WebSocketException)
        {
            // The connection broke: nobody is left to tell.
        }
    }
}
