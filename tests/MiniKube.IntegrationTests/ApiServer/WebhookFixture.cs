using System.Net;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>A cluster and a server of admission webhooks for every test.</summary>
public abstract class WebhookFixture : HttpFixture
{
    private const string Group = "/apis/admissionregistration.k8s.io/v1";

    protected const string Mutating = $"{Group}/mutatingwebhookconfigurations";
    protected const string Validating = $"{Group}/validatingwebhookconfigurations";

    private AdmissionWebhookServer? _webhooks;

    protected AdmissionWebhookServer Webhooks => _webhooks!;

    [SetUp]
    public async Task StartWebhooksAsync() => _webhooks = await AdmissionWebhookServer.StartAsync(CancellationToken.None);

    [TearDown]
    public async Task StopWebhooksAsync()
    {
        if (_webhooks is not null)
        {
            await _webhooks.DisposeAsync();
        }
    }

    /// <summary>Installs a configuration; it counts from the next request on.</summary>
    protected async Task InstallAsync(string kind, string name, CancellationToken cancellationToken, params string[] hooks)
    {
        var body = $$"""{"metadata":{"name":"{{name}}"},"webhooks":[{{string.Join(',', hooks)}}]}""";
        var answer = await PostAsync(kind, body, cancellationToken);
        Assert.That(answer.Code, Is.EqualTo(HttpStatusCode.Created), answer.Text);
    }

    protected static string Add(string path, string value) => $$"""[{"op":"add","path":"{{path}}","value":{{value}} }]""";
}
