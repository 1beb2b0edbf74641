using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace MiniKube.Runtimes;

/// <summary>
/// Reads from a registry. Plain HTTP is used with this machine's own registries only.
/// https://github.com/opencontainers/distribution-spec/blob/main/spec.md
/// </summary>
internal sealed class RegistryClient : IDisposable
{
    private const int DocumentBytesMax = 8 * 1024 * 1024;
    private const int Attempts = 3;

    private static readonly TimeSpan PauseBetweenAttempts = TimeSpan.FromSeconds(1);

    private static readonly string[] ManifestTypes =
    [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json", "application/vnd.docker.distribution.manifest.v2+json",
    ];

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ImageReference _image;
    private readonly TimeProvider _time;
    private readonly Uri _base;
    private AuthenticationHeaderValue? _authorization;

    public RegistryClient(ImageReference image, TimeProvider time)
    {
        (_image, _time) = (image, time);
        var host = image.Registry == "docker.io" ? "registry-1.docker.io" : image.Registry;
        _base = new Uri($"{(IsLoopback(host) ? "http" : "https")}://{host}/v2/{image.Repository}/");
    }

    /// <summary>The bytes of a manifest, by tag or digest; a digest is verified.</summary>
    public async Task<byte[]> ReadManifestAsync(string reference, CancellationToken cancellationToken)
    {
        using var response = await GetAsync($"manifests/{reference}", cancellationToken);
        var bytes = await ReadDocumentAsync(response, cancellationToken);
        if (reference.StartsWith("sha256:", StringComparison.Ordinal) && BlobDirectory.DigestOf(bytes) != reference)
        {
            throw Failed($"the registry sent another manifest than {reference}");
        }

        return bytes;
    }

    /// <summary>A blob's bytes as they come; whoever reads them verifies them.</summary>
    public async Task<Stream> OpenBlobAsync(string digest, CancellationToken cancellationToken)
    {
        var response = await GetAsync($"blobs/{digest}", cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static bool IsLoopback(string host)
    {
        var name = host.Split(':')[0];
        return name == "localhost" || (IPAddress.TryParse(name, out var address) && IPAddress.IsLoopback(address));
    }

    private async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var response = await SendAsync(path, cancellationToken);
                if (response.StatusCode is not (>= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests)
                    || attempt == Attempts)
                {
                    return response.IsSuccessStatusCode ? response : throw await RefusalAsync(response, cancellationToken);
                }

                response.Dispose();
            }
            catch (HttpRequestException cause) when (attempt == Attempts)
            {
                throw Failed(cause.Message, cause);
            }
            catch (HttpRequestException)
            {
                // Tried again below.
            }

            await Task.Delay(PauseBetweenAttempts, _time, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken)
    {
        var response = await SendOnceAsync(path, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized
            || response.Headers.WwwAuthenticate.FirstOrDefault(static challenge => challenge.Scheme == "Bearer") is not { } challenge)
        {
            return response;
        }

        response.Dispose();
        _authorization = new AuthenticationHeaderValue("Bearer", await AskForTokenAsync(challenge, cancellationToken));
        return await SendOnceAsync(path, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_base, path));
        request.Headers.Authorization = _authorization;
        foreach (var type in ManifestTypes)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    // https://distribution.github.io/distribution/spec/auth/token/
    private async Task<string> AskForTokenAsync(AuthenticationHeaderValue challenge, CancellationToken cancellationToken)
    {
        var parameters = ChallengeParameters.Parse(challenge.Parameter ?? "");
        if (!Uri.TryCreate(parameters.GetValueOrDefault("realm"), UriKind.Absolute, out var realm)
            || (realm.Scheme != Uri.UriSchemeHttps && !realm.IsLoopback))
        {
            throw Failed("it asks for a token but names no safe place to get one");
        }

        var service = Uri.EscapeDataString(parameters.GetValueOrDefault("service", ""));
        var scope = Uri.EscapeDataString($"repository:{_image.Repository}:pull");
        using var response = await _http.GetAsync(new Uri(realm, $"?service={service}&scope={scope}"), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await RefusalAsync(response, cancellationToken);
        }

        var document = await ReadDocumentAsync(response, cancellationToken);
        var token = JsonSerializer.Deserialize(document, ImageJson.Default.RegistryToken);
        return token?.Token ?? token?.AccessToken ?? throw Failed("the token service sent no token");
    }

    private async Task<byte[]> ReadDocumentAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var document = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int length;
        while ((length = await body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            document.Write(buffer, 0, length);
            if (document.Length > DocumentBytesMax)
            {
                throw Failed("it sent a manifest that is too large to be one");
            }
        }

        return document.ToArray();
    }

    private async Task<RuntimeException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            var reason = Reason(await ReadDocumentAsync(response, cancellationToken)) ?? response.ReasonPhrase;
            return response.StatusCode switch
            {
                HttpStatusCode.NotFound => new RuntimeException(RuntimeError.ImageNotFound, $"{_image}: not found: {reason}"),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => Failed(
                    $"pull access denied, repository does not exist or may require authorization: {reason}"),
                _ => Failed($"it answered {(int)response.StatusCode}: {reason}"),
            };
        }
    }

    private static string? Reason(byte[] document)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(document, ImageJson.Default.RegistryErrors)?.Errors?.FirstOrDefault();
            return problem?.Message ?? problem?.Code;
        }
        catch (JsonException)
        {
            return null; // A proxy's page.
        }
    }

    private RuntimeException Failed(string why, Exception? cause = null)
        => new(RuntimeError.PullFailed, $"failed to pull image \"{_image.FamiliarName}\" from {_base.Host}: {why}", cause);
}
