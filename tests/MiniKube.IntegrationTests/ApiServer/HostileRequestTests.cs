using System.Net.Http.Headers;
using System.Text;

namespace MiniKube.IntegrationTests;

/// <summary>
/// Whatever a client sends is the client's mistake: never a 500, never silence, and the server lives on.
/// </summary>
public sealed class HostileRequestTests : HttpFixture
{
    private const int RequestsPerSeed = 150;

    private static readonly string[] Paths =
    [
        ConfigMaps, $"{ConfigMaps}/a", Pods, $"{Pods}/web", $"{Pods}/web/status", $"{Pods}/web/binding", $"{Pods}/web/log",
        $"{Pods}/web/exec", Deployments, $"{Deployments}/web", $"{Deployments}/web/scale", "/api/v1/namespaces", "/api/v1/nodes",
        "/api/v1/namespaces/default/services", "/api/v1/namespaces/default/events", "/openapi/v3/api/v1", "/apis",
        "/readyz/x",
    ];

    private static readonly string[] Queries =
    [
        "", "?limit=1", "?limit=-1&continue=%00", "?labelSelector=a in (", "?labelSelector=!!",
        "?fieldSelector=a=b=c",
        "?watch=1&resourceVersion=-1", "?resourceVersion=99999999999999999999", "?dryRun=None",
        "?fieldValidation=Maybe", "?pretty=1",
        "?gracePeriodSeconds=x", "?propagationPolicy=%F0%9F%92%A3", "?continue=AAAA",
        "?sendInitialEvents=true&watch=1", "?includeObject=All",
    ];

    private static readonly string[] Types =
    [
        "application/json", "application/yaml", "application/json-patch+json", "application/merge-patch+json",
        "application/strategic-merge-patch+json", "application/apply-patch+yaml",
        "application/vnd.kubernetes.protobuf", "x/y",
    ];

    private static readonly string[] Bodies =
    [
        "", "{", "null", "[]", "1", "\"x\"", "{}", "{\"metadata\":null}", "{\"metadata\":{\"name\":\"\"}}",
        "{\"metadata\":[]}",
        "{\"metadata\":{\"name\":1e999}}", "{\"spec\":null,\"metadata\":{\"name\":\"web\"}}",
        "{\"data\":{\"a\":\"\\ud800\"}}",
        "[{\"op\":\"add\",\"path\":\"\",\"value\":null}]", "[{\"op\":\"move\",\"from\":\"\",\"path\":\"/a\"}]",
        "[{\"op\":\"remove\",\"path\":\"/metadata\"}]",
        "{\"$patch\":\"delete\"}", "{\"spec\":{\"$patch\":\"x\"}}",
        "{\"spec\":{\"containers\":[{\"$patch\":\"delete\"}]}}", "{\"spec\":{\"$setElementOrder/containers\":1}}",
        "{\"metadata\":{\"name\":\"web\",\"labels\":null,\"annotations\":{\"a\":null}}}", "a: &a [*a]", "%",
        "k8s\0\0\u0001\u0002",
    ];

    [TestCase(1), TestCase(2), TestCase(3), CancelAfter(60_000)]
    public async Task Random_requests_never_are_the_servers_fault(int seed, CancellationToken cancellationToken)
    {
        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        await PostAsync(Pods, Pod("web", node: "n1"), cancellationToken);
        await PostAsync(Deployments, Deployment("web"), cancellationToken);
        var random = new Random(seed);

        for (var number = 0; number < RequestsPerSeed; number++)
        {
            using var request = Make(random);
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            using var response = await Http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);

            // 503 is a node that is away, 504 a version of the future.
            Assert.That(
                (int)response.StatusCode, Is.LessThan(500).Or.EqualTo(503).Or.EqualTo(504),
                $"{request.Method} {request.RequestUri} {request.Content?.Headers.ContentType}\n{body}\n{text}");
        }

        Assert.That((await GetAsync("/readyz", cancellationToken)).Text, Is.EqualTo("ok"));
    }

    [TestCase("/%2e%2e/%2e%2e/etc/passwd")]
    [TestCase("/.//")]
    [TestCase("/%00")]
    [TestCase("/api/v1/namespaces/default/configmaps/%2F")]
    [TestCase("/api/v1/namespaces/default/configmaps/..")]
    [TestCase("/healthz//x"), CancelAfter(20_000)]
    public async Task A_strange_path_leads_nowhere(string path, CancellationToken cancellationToken)
        => Assert.That((int)(await GetAsync(path, cancellationToken)).Code, Is.InRange(200, 499));

    [Test, CancelAfter(30_000)]
    public async Task Deep_nesting_is_refused(CancellationToken cancellationToken)
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);

        foreach (var type in new[] { "application/json", "application/yaml" })
        {
            Assert.That(
                (int)(await SendAsync(HttpMethod.Post, ConfigMaps, deep, cancellationToken, type)).Code,
                Is.EqualTo(400),
                type);
        }

        await PostAsync(ConfigMaps, ConfigMap("a"), cancellationToken);
        foreach (var kind in new[] { "json", "merge", "strategic-merge" })
        {
            Assert.That(
                (int)(await PatchAsync($"{ConfigMaps}/a", kind, deep, cancellationToken)).Code, Is.EqualTo(400), kind);
        }
    }

    private static HttpRequestMessage Make(Random random)
    {
        var method = new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete }[random.Next(5)];
        var request = new HttpRequestMessage(method, Pick(random, Paths) + Pick(random, Queries));
        if (method != HttpMethod.Get)
        {
            var body = Encoding.UTF8.GetBytes(Pick(random, Bodies));
            if (body.Length > 0 && random.Next(4) == 0)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(Pick(random, Types));
        }

        return request;
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
