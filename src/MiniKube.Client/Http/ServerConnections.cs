using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

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

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _aborted = new();
    private readonly HttpClient _http;
    private int _users = 1; // Who made it; Retire takes this one back.

    public ServerConnections(ClientIdentity identity, string? bearerToken)
    {
        _http = new HttpClient(MakeHandler(identity), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("minikube");
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        if (bearerToken is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearerToken);
        }
    }

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

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    private static SocketsHttpHandler MakeHandler(ClientIdentity identity)
    {
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.AddRange(identity.Authorities);
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        if (identity.Certificate is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(identity.Certificate, null, offline: true);
        }

        return new SocketsHttpHandler
        {
            SslOptions = tls,
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = ConnectPatience,
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingPatience,
        };
    }
}
