using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// HTTP and gRPC probes and HTTP hooks. No proxy, no cookies, no reuse of connections, no check of certificates: the question is
/// whether the container answers, each time anew.
/// </summary>
internal sealed class HttpProbe(string version) : IDisposable
{
    private const int RedirectsMax = 10;
    private const int BodyBytesMax = 10 * 1024;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true },
    });

    public void Dispose() => _http.Dispose();

    /// <summary>GETs the address; 200 to 399 is success. Redirects are followed on the same host only.</summary>
    public async Task<ProbeResult> ProbeAsync(V1HTTPGetAction get, ProbeTarget target, CancellationToken cancellationToken)
    {
        var url = ProbeAddress.UrlOf(get, target);
        for (var hop = 0; hop <= RedirectsMax; hop++)
        {
            try
            {
                using var response = await SendAsync(url, get.HttpHeaders ?? [], cancellationToken);
                if (Redirect(response, url) is { } next && next.Host == url.Host)
                {
                    url = next;
                    continue;
                }

                var code = (int)response.StatusCode;
                return code is >= 200 and < 400
                    ? ProbeResult.Success(await ReadAsync(response, cancellationToken))
                    : ProbeResult.Failure($"HTTP probe failed with statuscode: {code}");
            }
            catch (HttpRequestException failure)
            {
                return ProbeResult.Failure($"Get \"{url}\": {Describe(failure, url)}");
            }
        }

        return ProbeResult.Failure($"Get \"{url}\": stopped after {RedirectsMax} redirects");
    }

    /// <summary>Asks the standard health service. https://github.com/grpc/grpc/blob/master/doc/health-checking.md</summary>
    public async Task<ProbeResult> ProbeGrpcAsync(V1GRPCAction action, ProbeTarget target, CancellationToken cancellationToken)
    {
        var url = new Uri($"http://{ProbeAddress.HostOf(null, target)}:{action.Port}/grpc.health.v1.Health/Check");
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcHealth.Request(action.Service ?? "")),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return GrpcHealth.Read(response, body);
        }
        catch (HttpRequestException failure)
        {
            return ProbeResult.Failure($"error: failed to connect health server: {Describe(failure, url)}");
        }
    }

    private static Uri? Redirect(HttpResponseMessage response, Uri from)
        => (int)response.StatusCode is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location
            ? new Uri(from, location)
            : null;

    private static string Describe(HttpRequestException failure, Uri url)
        => failure.InnerException is SocketException refused
            ? TcpProbe.Describe(refused, $"{url.Host}:{url.Port}")
            : failure.InnerException?.Message ?? failure.Message;

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[BodyBytesMax];
        var count = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
    }

    private async Task<HttpResponseMessage> SendAsync(
        Uri url, IList<V1HTTPHeader> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", $"kube-probe/{version}");
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        request.Headers.ConnectionClose = true;
        foreach (var header in headers)
        {
            request.Headers.Remove(header.Name);
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return await _http.SendAsync(request, cancellationToken);
    }
}
