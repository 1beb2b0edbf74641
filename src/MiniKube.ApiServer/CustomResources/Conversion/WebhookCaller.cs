using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// Asks a webhook: a URL, or a Service by one of its endpoints, over HTTPS whose certificate the bundle vouches for (the machine's
/// authorities when there is none). Connections are kept for a while. Thread-safe.
/// </summary>
internal sealed class WebhookCaller
{
    // As kube-apiserver for conversions.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    // A list of many objects comes back as large as it was sent.
    private const int AnswerBytesMax = 256 * 1024 * 1024;

    private readonly HttpClient _client;
    private readonly Uri _url;

    /// <param name="config">Where to ask.</param>
    /// <param name="services">Finds an endpoint of a Service and its port.</param>
    public WebhookCaller(Apiextensionsv1WebhookClientConfig config, ServiceEndpoints services)
    {
        _url = UrlOf(config);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            SslOptions = new SslClientAuthenticationOptions { TargetHost = _url.Host },
        };
        if (config.CaBundle is { Length: > 0 } bundle)
        {
            handler.SslOptions.CertificateChainPolicy = TrustOnly(bundle);
        }

        if (config.Service is { } service)
        {
            handler.ConnectCallback = (_, token) => ConnectAsync(services, service, token);
        }

        _client = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    /// <exception cref="HttpRequestException">It could not be reached, or did not answer 200.</exception>
    public async Task<byte[]> AskAsync(byte[] json, CancellationToken cancellationToken)
    {
        using var body = new ByteArrayContent(json);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _client.PostAsync(_url, body, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"Post \"{_url}\": the server answered {(int)response.StatusCode}");
        }

        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    private static Uri UrlOf(Apiextensionsv1WebhookClientConfig config) => config.Service is { } service
        ? new UriBuilder(
            Uri.UriSchemeHttps, $"{service.Name}.{service.NamespaceProperty}.svc", service.Port ?? 443, service.Path ?? "/").Uri
        : new Uri(config.Url);

    private static X509ChainPolicy TrustOnly(byte[] bundle)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.ImportFromPem(Encoding.UTF8.GetString(bundle));
        return policy;
    }

    private static async ValueTask<Stream> ConnectAsync(
        ServiceEndpoints services, Apiextensionsv1ServiceReference service, CancellationToken cancellationToken)
    {
        var endpoint = services.Find(service.NamespaceProperty, service.Name, service.Port ?? 443)
            ?? throw new HttpRequestException($"no endpoints available for service \"{service.NamespaceProperty}/{service.Name}\"");
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
