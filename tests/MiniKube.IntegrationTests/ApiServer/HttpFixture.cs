using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>A cluster of its own for every test, and short words to talk to it over HTTPS.</summary>
public abstract class HttpFixture
{
    private TestCluster? _cluster;
    private HttpClient? _http;

    protected const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    protected const string Pods = "/api/v1/namespaces/default/pods";
    protected const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    protected TestCluster Cluster => _cluster!;

    protected HttpClient Http => _http!;

    [SetUp]
    public async Task StartAsync()
    {
        _cluster = await TestCluster.StartAsync(CancellationToken.None);
        _http = _cluster.HttpClient();
    }

    [TearDown]
    public async Task StopAsync()
    {
        _http?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    protected async Task<Answer> SendAsync(
        HttpMethod method, string path, string? body, CancellationToken cancellationToken, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        using var response = await Http.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return new Answer(response.StatusCode, text, response.Headers);
    }

    protected Task<Answer> GetAsync(string path, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Get, path, null, cancellationToken);

    protected Task<Answer> PostAsync(string path, string body, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Post, path, body, cancellationToken);

    protected Task<Answer> PutAsync(string path, string body, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Put, path, body, cancellationToken);

    protected Task<Answer> DeleteAsync(string path, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Delete, path, null, cancellationToken);

    protected Task<Answer> PatchAsync(string path, string kind, string body, CancellationToken cancellationToken)
        => SendAsync(HttpMethod.Patch, path, body, cancellationToken, $"application/{kind}-patch+json");

    protected static string ConfigMap(string name, string metadata = "", string value = "v")
        => $$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{name}}"{{metadata}} },"data":{"k":"{{value}}"} }""";

    protected static string Pod(string name, string node = "", string metadata = "")
        => $$"""{"metadata":{"name":"{{name}}"{{metadata}} },"spec":{"nodeName":"{{node}}","containers":[{"name":"a","image":"x"}]} }""";

    protected static string Deployment(string name) => $$"""
        {"metadata":{"name":"{{name}}"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"x"} },
         "template":{"metadata":{"labels":{"app":"x"} },"spec":{"containers":[{"name":"a","image":"x"}]} } } }
        """;
}

/// <summary>What came back.</summary>
public sealed record Answer(HttpStatusCode Code, string Text, HttpResponseHeaders Headers)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public string? Field(params string[] path) => path.Aggregate((JsonNode?)Json, (node, name) => node?[name])?.ToString();

    public string Revision => Field("metadata", "resourceVersion")!;
}
