using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>
/// The API as the client commands speak it: paths and JSON over HTTPS. A failure the server answered with is a
/// <see cref="ServerFailure"/>, a server that does not answer a <see cref="CommandException"/>.
/// </summary>
internal sealed class ApiConnection : IDisposable
{
    public const string Json = "application/json";

    private readonly ClusterAccess _access;
    private readonly HttpClient _client;

    public ApiConnection(ClusterAccess access)
    {
        _access = access;
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = TlsOptions(access) };
        _client = new HttpClient(handler) { BaseAddress = access.Server, Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("minikube");
        if (access.Token is { } token)
        {
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
    }

    public Uri Server => _access.Server;

    /// <summary>The namespace when neither the command nor the manifest names one.</summary>
    public string Namespace => _access.Namespace;

    public void Dispose() => _client.Dispose();

    /// <summary>The answer's JSON object.</summary>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Get, path, body: null, cancellationToken);

    /// <summary>Sends a body, by default JSON, and returns the answer's JSON object.</summary>
    public async Task<JsonObject> SendAsync(HttpMethod method, string path, ApiBody? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body?.ToContent() };
        request.Headers.Accept.ParseAdd(Json);
        using var response = await SendAsync(request, cancellationToken);
        return await ReadObjectAsync(response, cancellationToken);
    }

    /// <summary>The answer in another form of the same thing (a Table).</summary>
    public async Task<JsonObject> GetAsync(string path, string accept, CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(path, accept, cancellationToken);
        return await ReadObjectAsync(response, cancellationToken);
    }

    /// <summary>The answer as it comes, for logs, watches and health; the caller disposes it.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string accept, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd(accept);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>The lines of a streamed answer, one JSON object each, until the server ends it.</summary>
    public async IAsyncEnumerable<JsonObject> StreamAsync(
        string path, string accept, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await OpenAsync(path, accept, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                yield return JsonNode.Parse(line)!.AsObject();
            }
        }
    }

    /// <summary>A WebSocket with the cluster's trust and our identity, speaking one of the protocols.</summary>
    public ApiSocket NewSocket() => new(_access, _client);

    internal static SslClientAuthenticationOptions TlsOptions(ClusterAccess access)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = access.Server.IdnHost };
        if (access.ClientCertificate is { } certificate)
        {
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
            options.ClientCertificates = [certificate];
        }

        if (access.SkipTlsVerify)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }
        else if (access.Authorities is { } authorities)
        {
            options.CertificateChainPolicy = TrustOnly(authorities);
        }

        return options;
    }

    private static X509ChainPolicy TrustOnly(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(_access.Server, failure);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ServerFailure.OfAsync(response, cancellationToken);
        }
    }

    internal static CommandException Unreachable(Uri server, Exception failure)
    {
        var root = failure.GetBaseException();
        var why = root is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            ? "nothing listens there; is the cluster running? Start it with 'minikube up' or 'minikube server'"
            : root.Message;
        return new CommandException($"cannot talk to {server.GetLeftPart(UriPartial.Authority)}: {why}", cause: failure);
    }

    private static async Task<JsonObject> ReadObjectAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            var node = await JsonNode.ParseAsync(body, cancellationToken: cancellationToken);
            return node as JsonObject ?? throw new CommandException("the server answered with JSON that is no object");
        }
        catch (JsonException damaged)
        {
            throw new CommandException($"the server answered with something that is not JSON: {damaged.Message}", cause: damaged);
        }
    }
}

/// <summary>What a request carries.</summary>
internal sealed record ApiBody(string Text, string MediaType = ApiConnection.Json)
{
    public static ApiBody Of(JsonNode node) => new(node.ToJsonString());

    public HttpContent ToContent() => new StringContent(Text, Encoding.UTF8, new MediaTypeHeaderValue(MediaType));
}
