using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using MiniKube.Client;

namespace MiniKube.Node;

/// <summary>
/// One connection to one server, from its opening to its loss: HTTP/2, so that any number of streams share it without holding each
/// other up, and its pings tell when the other side is gone.
/// </summary>
internal sealed class TunnelSession : IDisposable
{
    // A server that vanished is noticed within twice this.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(10);

    // Targets are on this machine.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    // What a server may send into a stream that is not read. It grows by itself where the way is long and the reader fast.
    private const int StreamWindowBytes = 256 * 1024;

    private readonly TunnelOptions _options;
    private readonly Uri _server;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly ConcurrentDictionary<long, Task> _streams = new();
    private TunnelControl? _control;
    private ClientWebSocket? _socket;

    public TunnelSession(TunnelOptions options, Uri server, TimeProvider time)
    {
        _options = options;
        _server = server;
        _time = time;
        _http = new HttpMessageInvoker(MakeHandler());
    }

    /// <summary>Opens the control stream.</summary>
    /// <exception cref="WebSocketException">The server cannot be reached, or refuses this node.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        _socket = await ConnectAsync(TunnelMessage.Path, cancellationToken);
        _control = new TunnelControl(_socket);
    }

    /// <summary>Serves what the server asks for until the connection is lost, with everything it carried ended.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (await _control!.ReceiveAsync(cancellationToken) is { } message)
            {
                // Tracked before it runs: it takes itself out.
                var serving = new TaskCompletionSource();
                _streams[message.Dial] = serving.Task;
                _streams[message.Dial] = ServeAsync(message, serving.Task, end.Token);
                serving.SetResult();
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(_streams.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _http.Dispose();
    }

    private async Task ServeAsync(TunnelMessage message, Task tracked, CancellationToken cancellationToken)
    {
        await tracked;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await CarryAsync(message, cancellationToken);
        }
        catch (Exception ended) when (ended is IOException or WebSocketException or OperationCanceledException)
        {
            // Both sides of the stream have seen that; nobody else cares.
        }
        finally
        {
            _streams.TryRemove(message.Dial, out _);
        }
    }

    private async Task CarryAsync(TunnelMessage message, CancellationToken cancellationToken)
    {
        var target = TunnelTargets.Find(message.To, _options.KubeletPort(), _options.PodAddresses(), out var refusal);
        if (target is not null && _streams.Count > TunnelMessage.StreamsMax)
        {
            (target, refusal) = (null, $"the tunnel carries {TunnelMessage.StreamsMax} connections already");
        }

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        refusal = target is null ? refusal : await TryConnectAsync(socket, target, cancellationToken);
        if (refusal.Length > 0)
        {
            await _control!.SendAsync(new TunnelMessage(message.Dial, To: null, refusal), cancellationToken);
            return;
        }

        var number = message.Dial.ToString(CultureInfo.InvariantCulture);
        using var stream = await ConnectAsync($"{TunnelMessage.Path}/{number}", cancellationToken);
        await using var here = new SocketConnection(socket);
        await using var there = new WebSocketConnection(stream);
        await ByteRelay.RunAsync(here, there, cancellationToken);
    }

    /// <summary>Empty when connected, else why not.</summary>
    private async Task<string> TryConnectAsync(Socket socket, IPEndPoint target, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(ConnectPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            await socket.ConnectAsync(target, either.Token);
            return "";
        }
        catch (SocketException refused)
        {
            return $"{target}: {refused.Message}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{target} did not answer within {ConnectPatience.TotalSeconds:0} s";
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = HttpVersion.Version20;
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        try
        {
            var address = new UriBuilder(new Uri(_server, path)) { Scheme = Uri.UriSchemeWss };
            await socket.ConnectAsync(address.Uri, _http, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private SocketsHttpHandler MakeHandler() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        EnableMultipleHttp2Connections = false,
        ConnectTimeout = ConnectPatience,
        KeepAlivePingDelay = PingAfter,
        KeepAlivePingTimeout = PingPatience,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        InitialHttp2StreamWindowSize = StreamWindowBytes,
        SslOptions = ServerTrust.OptionsFor(_options.Identity, _time),
    };
}
