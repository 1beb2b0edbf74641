using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// HTTPS to one API server: HTTP/2 where the server speaks it, the pinned authority, the identity. Every failure, of
/// the server or of the network, is an <see cref="ApiException"/>.
/// </summary>
internal sealed class HttpApiTransport : IDisposable
{
    // A dead server is noticed within this time even on an idle watch.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;

    public HttpApiTransport(HttpApiClientOptions options)
    {
        _http = new HttpClient(MakeHandler(options), disposeHandler: true)
        {
            BaseAddress = options.Servers is [var first, ..] ? first : null,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("minikube");
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        if (options.BearerToken is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", options.BearerToken);
        }
    }

    /// <summary>Sends a request and returns the successful answer with its body still to be read.</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        if (_http.BaseAddress is null)
        {
            throw new ApiException(StatusReason.ServiceUnavailable, "the API server cannot be reached: no server is known");
        }

        using var request = new HttpRequestMessage(method, path)
        {
            Content = body,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(failure);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await StatusReader.ReadAsync(response, cancellationToken);
        }
    }

    /// <summary>Sends a request and returns the whole body of the successful answer.</summary>
    public async Task<byte[]> ReadAsync(
        HttpMethod method, string path, HttpContent? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, body, cancellationToken);
        try
        {
            return await response.Content.ReadAsByteArrayAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw Unreachable(failure);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What a broken connection is to callers: something that a later try may not meet.</summary>
    public static ApiException Unreachable(Exception failure)
        => new(StatusReason.ServiceUnavailable, $"the API server cannot be reached: {Innermost(failure).Message}");

    private static Exception Innermost(Exception failure)
        => failure.InnerException is { } inner ? Innermost(inner) : failure;

    private static SocketsHttpHandler MakeHandler(HttpApiClientOptions options)
    {
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        trust.CustomTrustStore.AddRange(options.CertificateAuthorities);
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        if (options.ClientCertificate is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(options.ClientCertificate, null, offline: true);
        }

        return new SocketsHttpHandler
        {
            SslOptions = tls,
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            EnableMultipleHttp2Connections = true,
            ConnectTimeout = PingPatience,
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingPatience,
        };
    }
}
