using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace MiniKube.Testing;

/// <summary>
/// A Docker engine on a free port of the loopback that has one network and does not remove it while something hangs on it.
/// </summary>
public sealed class FakeEngine : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly string _network;
    private readonly Task _serving;
    private readonly ConcurrentQueue<string> _requests = new();
    private bool _isThere = true;

    public FakeEngine(string network)
    {
        (Endpoint, _listener) = FakeRegistry.Listen();
        _network = network;
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>What hangs on the network: removing it is refused this many times more, whatever is cut off.</summary>
    public int RefusalsLeft { get; set; }

    /// <summary>Method and path of what was asked for, without the version.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                await AnswerAsync(await _listener.GetContextAsync());
            }
        }
        catch (Exception stopped) when (stopped is HttpListenerException or InvalidOperationException && !_listener.IsListening)
        {
            // Disposed: while it waited, or between two requests.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        var versioned = path.StartsWith("/v1", StringComparison.Ordinal);
        var request = $"{context.Request.HttpMethod} {(versioned ? path[path.IndexOf('/', 1)..] : path)}";
        _requests.Enqueue(request);
        var (status, body) = Decide(request);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    private (int Status, string Body) Decide(string request)
    {
        switch (request)
        {
            case "GET /networks":
                return (200, _isThere ? $$"""[{"Name":"{{_network}}","Id":"n1"}]""" : "[]");
            case "GET /networks/n1":
                return (200, $$$"""{"Name":"{{{_network}}}","Id":"n1","Containers":{"ep-1":{"Name":"ghost"}} }""");
            case "POST /networks/n1/disconnect":
                return (200, "");
            case "DELETE /networks/n1" when RefusalsLeft > 0:
                RefusalsLeft--;
                return (403, """{"message":"error while removing network: network has active endpoints"}""");
            case "DELETE /networks/n1":
                _isThere = false;
                return (204, "");
            default:
                return (200, "[]");
        }
    }
}
