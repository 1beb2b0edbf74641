using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>pods/exec</c> and <c>pods/attach</c> over WebSocket, with the channel protocols kubectl and the client libraries speak. SPDY, which
/// older kubectl used, is refused with a message that says so.
/// </summary>
internal sealed class ExecEndpoint(NodeCall call, TimeProvider time, CancellationToken stopping)
{
    public async Task HandleAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var (pod, node) = call.Find(request);
        var container = ContainerChoice.Of(pod, query.Text("container"));
        var address = new ContainerAddress(new ObjectKey(request.Namespace, request.Name), container);
        var options = OptionsOf(query);
        await ServeAsync(context, token => node.ExecAsync(address, options, token));
    }

    public async Task AttachAsync(HttpContext context, ResourceRequest request, Query query)
    {
        var (pod, node) = call.Find(request);
        var container = ContainerChoice.Of(pod, query.Text("container"));
        var address = new ContainerAddress(new ObjectKey(request.Namespace, request.Name), container);
        var options = new AttachOptions
        {
            Stdin = query.Flag("stdin"),
            Stdout = query.Flag("stdout"),
            Stderr = query.Flag("stderr"),
            Tty = query.Flag("tty"),
        };
        if (options is { Stdin: false, Stdout: false, Stderr: false })
        {
            var errors = new FieldErrors();
            errors.Required("", "must specify one of `stdin`, `stdout`, `stderr`");
            errors.ThrowIfAny(new Gvk("", "v1", "PodAttachOptions"), "");
        }

        await ServeAsync(context, token => node.AttachAsync(address, options, token));
    }

    private async Task ServeAsync(HttpContext context, Func<CancellationToken, Task<IProcessSession>> start)
    {
        var protocol = Negotiate(context);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol.Name);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var channels = new ChannelSocket(socket, protocol);
        try
        {
            await RunAsync(start, channels, end.Token);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The client left, or the server stops; the session has been disposed and with it the process.
        }
        catch (WebSocketException)
        {
            // The connection broke: nobody is left to tell.
        }
    }

    private async Task RunAsync(
        Func<CancellationToken, Task<IProcessSession>> start, ChannelSocket channels, CancellationToken cancellationToken)
    {
        try
        {
            await using var process = await start(cancellationToken);
            await new ProcessRelay(process, channels, time).RunAsync(cancellationToken);
        }
        catch (ApiException failure)
        {
            await channels.SendStatusAsync(failure.ToStatus(), cancellationToken);
            await channels.CloseAsync(cancellationToken);
        }
    }

    private static ChannelProtocol Negotiate(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            var upgrade = context.Request.Headers.Upgrade.ToString();
            throw new ApiException(StatusReason.BadRequest, upgrade.StartsWith("SPDY", StringComparison.OrdinalIgnoreCase)
                ? "this server speaks WebSocket, not SPDY: use kubectl 1.30 or later "
                    + "(for 1.29 set KUBECTL_REMOTE_COMMAND_WEBSOCKETS=true)"
                : "Upgrade request required");
        }

        return ChannelProtocol.Choose(context.WebSockets.WebSocketRequestedProtocols)
            ?? throw new ApiException(StatusReason.BadRequest,
                $"unable to negotiate a protocol: this server speaks {string.Join(", ", ChannelProtocol.Names)}");
    }

    private static ExecOptions OptionsOf(Query query)
    {
        var command = query.Texts("command");
        if (command.Length == 0)
        {
            var errors = new FieldErrors();
            errors.Required("command");
            errors.ThrowIfAny(new Gvk("", "v1", "PodExecOptions"), "");
        }

        return new ExecOptions(command) { Stdin = query.Flag("stdin"), Tty = query.Flag("tty") };
    }
}
