using System.Net;
using System.Net.Http.Headers;

namespace MiniKube.Client;

/// <summary>
/// The connections made with one identity, HTTP/2 where the server speaks it. Counted: when it was replaced, its connections
/// close with the last request on them.
/// </summary>
internal sealed class ServerConnections
{
    // A dead server is noticed within the sum of both, even on an idle watch.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(15);

    // Two lost packets of a handshake are sent again within it.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    // What a server that works needs even under load to say that it does.
    private static readonly TimeSpan KnockPatience = TimeSpan.FromSeconds(60);

    // Any answer will do, and everyone may ask this.
    public const string SignOfLife = "/livez";

    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly HttpClient _http;
    private int _users = 1; // Who made it; Retire takes this one back.

    public ServerConnections(HttpApiClientOptions options, TimeProvider time)
    {
        _time = time;
        Doors = new ServerDoors(KnockAsync);
        _http = new HttpClient(MakeHandler(options.Identity, time), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        if (options.BearerToken is { } bearerToken)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearerToken);
        }
    }

    /// <summary>Which servers answer over these connections.</summary>
    public ServerDoors Doors { get; }

    /// <summary>False when it was retired and closed: take the one that replaced it.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    /// <summary>Each entry leaves once, when the answer was read.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users == 0)
            {
                _http.Dispose();
            }
        }
    }

    /// <summary>No new requests; closes with the last one.</summary>
    public void Retire() => Leave();

    /// <summary>Cancelled when answers that are still being read lead nowhere any more.</summary>
    public CancellationToken Aborted => _aborted.Token;

    /// <summary>Closes now; requests under way fail.</summary>
    public void Abort()
    {
        _aborted.Cancel();
        _http.Dispose();
    }

    /// <summary>A request to a server, without content.</summary>
    public static HttpRequestMessage Request(HttpMethod method, Uri server, string path) => new(method, new Uri(server, path))
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
    };

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private async Task KnockAsync(Uri server)
    {
        using var patience = new CancellationTokenSource(KnockPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, Aborted);
        using var request = Request(HttpMethod.Get, server, SignOfLife);
        try
        {
            using var answer = await SendAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                $"{server} says nothing, not even to {SignOfLife}, within {KnockPatience.TotalSeconds:0} s");
        }
    }

    private static SocketsHttpHandler MakeHandler(ClientIdentity identity, TimeProvider time)
        => new SocketsHttpHandler
        {
            SslOptions = ServerTrust.OptionsFor(identity, time),
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = ConnectPatience,
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingPatience,
        };
}
