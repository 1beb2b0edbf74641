using System.Net;
using System.Security.Cryptography.X509Certificates;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Who may use a node's HTTPS endpoint, and what it reports.</summary>
public sealed class KubeletAccessTests
{
    private const int PatienceMs = 60_000;

    private ConnectedNode _node = null!;

    [SetUp]
    public async Task SetUpAsync() => _node = await ConnectedNode.StartAsync(IPAddress.Loopback, CancellationToken.None);

    [TearDown]
    public async Task TearDownAsync() => await _node.DisposeAsync();

    [Test, CancelAfter(PatienceMs)]
    public async Task Health_is_open_and_nothing_else(CancellationToken cancellationToken)
    {
        using var nobody = Client(certificate: null);

        var health = await nobody.GetStringAsync("/healthz", cancellationToken);
        var pods = await nobody.GetAsync("/pods", cancellationToken);

        Assert.That((health, pods.StatusCode), Is.EqualTo(("ok", HttpStatusCode.Unauthorized)));
    }

    [TestCase("system:node:other", "system:nodes", HttpStatusCode.Forbidden)]
    [TestCase("somebody", "people", HttpStatusCode.Forbidden)]
    [TestCase("system:kube-apiserver", "system:kube-apiserver", HttpStatusCode.OK)]
    [TestCase("somebody", "system:masters", HttpStatusCode.OK), CancelAfter(PatienceMs)]
    public async Task Only_the_api_server_and_administrators_may_use_it(
        string user, string group, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        using var client = Client(_node.Cluster.ClientCertificate(user, group));

        Assert.That((await client.GetAsync("/pods", cancellationToken)).StatusCode, Is.EqualTo(expected));
    }

    [Test, CancelAfter(PatienceMs)]
    public async Task It_reports_its_pods_and_what_they_use(CancellationToken cancellationToken)
    {
        await _node.RunPodAsync("web", cancellationToken);
        using var client = Client(_node.Cluster.ClientCertificate("system:kube-apiserver", "system:kube-apiserver"));

        Assert.That(await client.GetStringAsync("/pods", cancellationToken), Does.Contain("\"name\":\"web\""));
        Assert.That(await client.GetStringAsync("/stats/summary", cancellationToken), Does.Contain("\"usageCoreNanoSeconds\""));
        Assert.That(
            await client.GetStringAsync("/metrics/resource", cancellationToken),
            Does.Contain("container_memory_working_set_bytes{container=\"main\",namespace=\"default\",pod=\"web\"} 0 "));
        Assert.That(await client.GetStringAsync("/metrics", cancellationToken), Does.Contain("kubelet_running_pods 1"));
    }

    private HttpClient Client(X509Certificate2? certificate)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_node.Agent.KubeletPort}") };
    }
}
