using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace MiniKube.Testing;

/// <summary>A registry on a free port of the loopback, which can ask for a token, be out of order, or lie.</summary>
public sealed class FakeRegistry : IAsyncDisposable
{
    private const string Token = "good-token";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, byte[]> _content = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Task _serving;

    public FakeRegistry()
    {
        (var endpoint, _listener) = Listen();
        Port = endpoint.Port;
        _serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>Requests without the token are sent to get one.</summary>
    public bool AsksForToken { get; set; }

    /// <summary>This many requests are answered with 503 before any is served.</summary>
    public int FailuresLeft { get; set; }

    /// <summary>The paths that were asked for.</summary>
    public IReadOnlyCollection<string> Requests => _requests;

    /// <summary>Puts an image of one layer under a tag; <paramref name="platforms"/> puts an index in between.</summary>
    public void Add(string repository, string tag, byte[] layer, params string[] platforms)
    {
        var config = TarArchives.Config("{}", layer);
        var manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"config":{{Descriptor(config)}},"layers":[{{Descriptor(TarArchives.Gzip(layer))}}]}""");
        _content[$"/v2/{repository}/blobs/{TarArchives.Digest(config)}"] = config;
        _content[$"/v2/{repository}/blobs/{TarArchives.Digest(TarArchives.Gzip(layer))}"] = TarArchives.Gzip(layer);
        _content[$"/v2/{repository}/manifests/{TarArchives.Digest(manifest)}"] = manifest;
        _content[$"/v2/{repository}/manifests/{tag}"] = platforms.Length == 0 ? manifest : Index(manifest, platforms);
    }

    /// <summary>Changes what is sent for every path that contains a text.</summary>
    public void Replace(string part, byte[] content)
    {
        foreach (var path in _content.Keys.Where(path => path.Contains(part, StringComparison.Ordinal)))
        {
            _content[path] = content;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private static byte[] Index(byte[] manifest, string[] platforms)
    {
        var entries = platforms.Select(platform => platform.Split('/')).Select(parts =>
            $$"""{"digest":"{{TarArchives.Digest(manifest)}}","size":1,"platform":{"os":"{{parts[0]}}","architecture":"{{parts[1]}}"} }""");
        return Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"manifests":[{{string.Join(',', entries)}}]}""");
    }

    private static string Descriptor(byte[] bytes) => $$"""{"digest":"{{TarArchives.Digest(bytes)}}","size":{{bytes.Length}} }""";

    /// <summary>A listener on a port that was free a moment ago.</summary>
    internal static (Uri Endpoint, HttpListener Listener) Listen()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var listener = new HttpListener();
        listener.Prefixes.Add($"http://localhost:{port}/");
        listener.Start();
        return (new Uri($"http://localhost:{port}/"), listener);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                await AnswerAsync(context);
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
        _requests.Enqueue(path);
        var (status, body) = Decide(context, path);
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }

    private (int Status, byte[] Body) Decide(HttpListenerContext context, string path)
    {
        if (FailuresLeft > 0)
        {
            FailuresLeft--;
            return (503, []);
        }

        if (path == "/token")
        {
            return (200, Encoding.ASCII.GetBytes($$"""{"token":"{{Token}}"}"""));
        }

        if (AsksForToken && context.Request.Headers["Authorization"] != $"Bearer {Token}")
        {
            context.Response.AddHeader("WWW-Authenticate", $"Bearer realm=\"http://localhost:{Port}/token\",service=\"fake\"");
            return (401, []);
        }

        return _content.TryGetValue(path, out var content)
            ? (200, content)
            : (404, """{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"""u8.ToArray());
    }
}
