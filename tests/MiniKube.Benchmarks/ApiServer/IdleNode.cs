using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace MiniKube.Benchmarks;

/// <summary>
/// What a joined machine without pods asks of its server: one connection with a certificate of its own, the watches of a node's parts, a
/// Lease renewed every ten seconds, the authorities every minute. No pods run and nothing listens: only the server's side is real.
/// </summary>
internal sealed class IdleNode : IDisposable
{
    private const string Leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

    private readonly string _name;
    private readonly HttpClient _http;
    private readonly List<Task> _watches = [];

    public IdleNode(string name, Uri server, X509Certificate2 authority, ECDsa authorityKey)
    {
        _name = name;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions =
            {
                ClientCertificates = [CertificateOf(name, authority, authorityKey)],
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Bytes of watches that came.</summary>
    public long Watched { get; private set; }

    public JsonNode? Lease { get; private set; }

    /// <summary>Registers the node, says that it is ready, takes its Lease and opens its watches.</summary>
    public async Task StartAsync(CancellationToken stopping)
    {
        var meta = new JsonObject { ["name"] = _name };
        await SendAsync(HttpMethod.Post, "/api/v1/nodes", new JsonObject
        {
            ["apiVersion"] = "v1", ["kind"] = "Node", ["metadata"] = meta,
        }, "application/json", stopping);
        await SendAsync(HttpMethod.Patch, $"/api/v1/nodes/{_name}/status", JsonNode.Parse("""
            {"status":{"capacity":{"cpu":"2","memory":"4Gi","pods":"110"},"conditions":[{"type":"Ready","status":"True","reason":"Idle"}]}}
            """)!, "application/merge-patch+json", stopping);
        Lease = await SendAsync(HttpMethod.Post, Leases, new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = _name },
            ["spec"] = new JsonObject { ["holderIdentity"] = _name, ["leaseDurationSeconds"] = 40 },
        }, "application/json", stopping);
        await WatchAsync("/api/v1/nodes?", stopping);
        await WatchAsync("/api/v1/services?", stopping);
        await WatchAsync("/apis/discovery.k8s.io/v1/endpointslices?", stopping);
        await WatchAsync($"/api/v1/pods?fieldSelector=spec.nodeName%3D{_name}&", stopping);
    }

    /// <summary>One sign of life.</summary>
    public async Task RenewAsync(DateTimeOffset now, CancellationToken stopping)
    {
        Lease!["spec"]!["renewTime"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", null);
        Lease = await SendAsync(HttpMethod.Put, $"{Leases}/{_name}", Lease!, "application/json", stopping);
    }

    /// <summary>Asks for the authorities, as agents do to follow a new one.</summary>
    public Task AskAuthoritiesAsync(CancellationToken stopping) => _http.GetStringAsync("/cacerts", stopping);

    public void Dispose() => _http.Dispose();

    private static X509Certificate2 CertificateOf(string node, X509Certificate2 authority, ECDsa authorityKey)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O=system:nodes, CN=system:node:{node}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using var issued = request.Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), authority.NotBefore, authority.NotAfter,
            RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pkcs12), null);
    }

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonNode body, string type, CancellationToken stopping)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, type);
        using var request = new HttpRequestMessage(method, path) { Content = content, Version = HttpVersion.Version20 };
        using var response = await _http.SendAsync(request, stopping);
        var answer = (await response.Content.ReadFromJsonAsync<JsonNode>(stopping))!;
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"{method} {path}: {answer}");
    }

    private async Task WatchAsync(string path, CancellationToken stopping)
    {
        var list = JsonNode.Parse(await _http.GetStringAsync($"{path}limit=1", stopping))!;
        var revision = list["metadata"]!["resourceVersion"]!.ToString();
        var stream = await _http.GetStreamAsync($"{path}watch=1&resourceVersion={revision}&timeoutSeconds=3600", stopping);
        _watches.Add(ReadAsync(stream, stopping));
    }

    private async Task ReadAsync(Stream stream, CancellationToken stopping)
    {
        await using var _ = stream;
        var buffer = new byte[4096];
        while (await stream.ReadAsync(buffer, stopping) is var count and > 0)
        {
            Watched += count;
        }
    }
}
