using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>
/// Asks a webhook: a URL, or a Service by one of its endpoints, over HTTPS whose certificate the bundle vouches for (the machine's
/// authorities when there is none). Connections are kept for a while. Thread-safe.
/// </summary>
internal sealed class WebhookCaller
{
    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly string? _problem;

    /// <param name="target">Where to ask.</param>
    /// <param name="services">Finds an endpoint of a Service and its port.</param>
    /// <param name="limits">How long to wait for how much.</param>
    public WebhookCaller(WebhookTarget target, ServiceEndpoints services, WebhookLimits limits)
    {
        _url = UrlOf(target, limits.Query);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            SslOptions = new SslClientAuthenticationOptions { TargetHost = _url.Host },
        };
        if (target.CaBundle is { Length: > 0 } bundle)
        {
            handler.SslOptions.CertificateChainPolicy = TrustOnly(bundle, out _problem);
        }

        if (target.Service is { } service)
        {
            handler.ConnectCallback = (_, token) => ConnectAsync(services, service, token);
        }

        _client = new HttpClient(handler) { Timeout = limits.Timeout, MaxResponseContentBufferSize = limits.AnswerBytesMax };
    }

    /// <returns>The body of the answer.</returns>
    /// <exception cref="WebhookCallException">It could not be reached, did not answer 200, or not in time: it says which.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<byte[]> AskAsync(byte[] json, CancellationToken cancellationToken)
    {
        if (_problem is not null)
        {
            throw Failed(_problem);
        }

        try
        {
            return await PostAsync(json, cancellationToken);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            // Of a handshake, the inner one says what was wrong with the certificate.
            throw Failed(failure.InnerException is { } inner && !failure.Message.Contains(inner.Message, StringComparison.Ordinal)
                ? $"{failure.Message} {inner.Message}"
                : failure.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"context deadline exceeded: no answer within {_client.Timeout.TotalSeconds:0.###} seconds");
        }
    }

    private async Task<byte[]> PostAsync(byte[] json, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(json);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(_url, body, cancellationToken);
        return response.StatusCode == HttpStatusCode.OK
            ? await response.Content.ReadAsByteArrayAsync(cancellationToken)
            : throw new HttpRequestException($"the server answered {(int)response.StatusCode}");
    }

    private WebhookCallException Failed(string why) => new($"Post \"{_url}\": {why}");

    private static Uri UrlOf(WebhookTarget target, string query)
    {
        var url = target.Service is { } service
            ? new UriBuilder(
                Uri.UriSchemeHttps, $"{service.Name}.{service.Namespace}.svc", service.Port ?? 443, service.Path ?? "/")
            : new UriBuilder(target.Url!);
        url.Query = query;
        return url.Uri;
    }

    private static X509ChainPolicy TrustOnly(byte[] bundle, out string? problem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        problem = null;
        try
        {
            policy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(bundle));
        }
        catch (CryptographicException unreadable)
        {
            problem = $"unable to load root certificates: caBundle cannot be read: {unreadable.Message}";
        }

        if (policy.CustomTrustStore.Count == 0)
        {
            problem ??= "unable to load root certificates: caBundle holds no certificate in PEM";
        }

        return policy;
    }

    private static async ValueTask<Stream> ConnectAsync(
        ServiceEndpoints services, WebhookService service, CancellationToken cancellationToken)
    {
        var endpoint = services.Find(service.Namespace ?? "", service.Name ?? "", service.Port ?? 443)
            ?? throw new HttpRequestException($"no endpoints available for service \"{service.Namespace}/{service.Name}\"");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>How a webhook is asked.</summary>
/// <param name="Timeout">For the whole answer.</param>
/// <param name="AnswerBytesMax">A larger answer is a failure.</param>
/// <param name="Query">Without the question mark; empty for none.</param>
internal sealed record WebhookLimits(TimeSpan Timeout, int AnswerBytesMax, string Query = "");

/// <summary>A webhook could not be asked: nothing the webhook decided.</summary>
internal sealed class WebhookCallException(string message) : Exception(message);
