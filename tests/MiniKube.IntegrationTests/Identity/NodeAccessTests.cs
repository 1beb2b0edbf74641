using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>What a node certificate is good for, over HTTPS, and what it is not.</summary>
public sealed class NodeAccessTests
{
    private ControlPlaneCluster _cluster = null!;
    private X509Certificate2 _certificate = null!;
    private HttpClient _node = null!;

    [SetUp]
    public async Task JoinAsync()
    {
        _cluster = await ControlPlaneCluster.StartAsync(CancellationToken.None);
        using var keys = new NodeKeys("mine");
        using var http = _cluster.Server.HttpClient(authenticated: false);
        http.DefaultRequestHeaders.Authorization = new("Bearer", _cluster.Server.Server.NodeJoinToken);
        using var answer = await http.PostAsync(
            "/minikube/v1/join", JsonContent.Create(keys.Join(), JoinJson.Default.JoinRequest), CancellationToken.None);
        var joined = await answer.Content.ReadFromJsonAsync(JoinJson.Default.JoinAnswer, CancellationToken.None);
        _certificate = keys.WithKey(joined!.ClientCertificate);
        _node = _cluster.Server.HttpClient(_certificate);
        foreach (var name in (string[])["mine", "other"])
        {
            await CreateAsync(Objects.Node(name, cpu: "4", memory: "8Gi"));
            await CreateAsync(new V1Secret { Metadata = Meta($"secret-of-{name}") });
            await CreateAsync(new V1ConfigMap { Metadata = Meta($"map-of-{name}") });
            await CreateAsync(PodOn(name));
        }

        await CreateAsync(new V1Secret { Metadata = Meta("nobodys") });
    }

    [TearDown]
    public async Task StopAsync()
    {
        _node.Dispose();
        _certificate.Dispose();
        await _cluster.DisposeAsync();
    }

    [TestCase("/api/v1/namespaces/default/secrets/secret-of-mine", true)]
    [TestCase("/api/v1/namespaces/default/secrets/secret-of-other", false)]
    [TestCase("/api/v1/namespaces/default/secrets/nobodys", false)]
    [TestCase("/api/v1/namespaces/default/secrets/absent", false)]
    [TestCase("/api/v1/namespaces/default/secrets", false)]
    [TestCase("/api/v1/secrets", false)]
    [TestCase("/api/v1/secrets?fieldSelector=metadata.name%3Dsecret-of-mine", false)]
    [TestCase("/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Dsecret-of-mine", true)]
    [TestCase("/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Dsecret-of-other", false)]
    [TestCase("/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%21%3Dsecret-of-mine", false)]
    [TestCase("/api/v1/namespaces/default/configmaps/map-of-mine", true)]
    [TestCase("/api/v1/namespaces/default/configmaps/map-of-other", false)]
    [TestCase("/api/v1/namespaces/kube-system/secrets/mine.node-password.minikube", false)]
    [TestCase("/api/v1/namespaces/default/serviceaccounts/default", true)]
    [TestCase("/api/v1/namespaces/kube-system/serviceaccounts/default", false)]
    [TestCase("/api/v1/namespaces/default/pods/pod-on-mine", true)]
    [TestCase("/api/v1/namespaces/default/pods/pod-on-other", false)]
    [TestCase("/api/v1/pods?fieldSelector=spec.nodeName%3Dmine", true)]
    [TestCase("/api/v1/pods?fieldSelector=spec.nodeName%3Dother", false)]
    [TestCase("/api/v1/pods", false)]
    [TestCase("/api/v1/nodes", true)]
    [TestCase("/api/v1/nodes/other", true)]
    [TestCase("/api/v1/services", true)]
    [TestCase("/apis/discovery.k8s.io/v1/endpointslices", true)]
    [TestCase("/apis/apps/v1/deployments", false)]
    [TestCase("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/other", false)]
    [TestCase("/apis/coordination.k8s.io/v1/namespaces/default/leases/mine", false)]
    [TestCase("/apis", true)]
    [TestCase("/metrics", false), CancelAfter(60_000)]
    public async Task A_node_reads_what_its_own_pods_refer_to(string path, bool allowed, CancellationToken cancellationToken)
    {
        using var answer = await _node.GetAsync(path, cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_node_loses_sight_of_a_secret_with_its_last_pod(CancellationToken cancellationToken)
    {
        var now = new V1DeleteOptions { GracePeriodSeconds = 0 };
        await _cluster.Client.DeleteAsync<V1Pod>(new ObjectKey("default", "pod-on-mine"), now, cancellationToken);

        using var answer = await _node.GetAsync("/api/v1/namespaces/default/secrets/secret-of-mine", cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await answer.Content.ReadAsStringAsync(cancellationToken),
            Does.Contain("no relationship found between node 'mine' and this object"));
    }

    [TestCase("api/v1/nodes/mine/status", """{"status":{"nodeInfo":{"kubeletVersion":"v9"}}}""", true)]
    [TestCase("api/v1/nodes/other/status", """{"status":{"nodeInfo":{"kubeletVersion":"v9"}}}""", false)]
    [TestCase("api/v1/nodes/mine", """{"metadata":{"labels":{"tier":"edge"}}}""", true)]
    [TestCase("api/v1/nodes/mine", """{"metadata":{"labels":{"node-restriction.kubernetes.io/tier":"edge"}}}""", false)]
    [TestCase("api/v1/nodes/mine", """{"metadata":{"labels":{"x.node-restriction.kubernetes.io/tier":"edge"}}}""", false)]
    [TestCase("api/v1/nodes/mine", """{"spec":{"taints":[{"key":"a","effect":"NoSchedule"}]}}""", false)]
    [TestCase("api/v1/nodes/mine", """{"metadata":{"annotations":{"minikube.io/backend":"vxlan"}}}""", true)]
    [TestCase("api/v1/nodes/other", """{"metadata":{"annotations":{"minikube.io/backend":"vxlan"}}}""", false)]
    [TestCase("api/v1/namespaces/default/pods/pod-on-mine/status", """{"status":{"phase":"Running"}}""", true)]
    [TestCase("api/v1/namespaces/default/pods/pod-on-other/status", """{"status":{"phase":"Running"}}""", false)]
    [TestCase("api/v1/namespaces/default/pods/pod-on-mine/status", """{"metadata":{"labels":{"app":"x"}}}""", false)]
    [TestCase("api/v1/namespaces/default/pods/pod-on-mine", """{"metadata":{"labels":{"app":"x"}}}""", false)]
    [TestCase("api/v1/namespaces/default/secrets/secret-of-mine", """{"data":{"a":"eA=="}}""", false), CancelAfter(60_000)]
    public async Task A_node_writes_its_own_state_only(string path, string patch, bool allowed, CancellationToken cancellationToken)
    {
        using var body = new StringContent(patch, new System.Net.Http.Headers.MediaTypeHeaderValue("application/merge-patch+json"));

        using var answer = await _node.PatchAsync($"/{path}", body, cancellationToken);

        Assert.That(answer.StatusCode, Is.EqualTo(allowed ? HttpStatusCode.OK : HttpStatusCode.Forbidden));
    }

    [TestCase("/api/v1/namespaces/default/pods/pod-on-mine", true)]
    [TestCase("/api/v1/namespaces/default/pods/pod-on-other", false)]
    [TestCase("/api/v1/nodes/mine", false)]
    [TestCase("/api/v1/nodes/other", false)]
    [TestCase("/api/v1/namespaces/default/secrets/secret-of-mine", false)]
    [TestCase("/api/v1/namespaces/default/pods", false), CancelAfter(60_000)]
    public async Task A_node_deletes_its_own_pods_only(string path, bool allowed, CancellationToken cancellationToken)
    {
        using var answer = await _node.DeleteAsync(path, cancellationToken);

        Assert.That(answer.IsSuccessStatusCode, Is.EqualTo(allowed));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_node_has_the_lease_of_its_name_and_registers_no_other_node(CancellationToken cancellationToken)
    {
        const string leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";

        using var own = await PostAsync(leases, """{"metadata":{"name":"mine"},"spec":{"holderIdentity":"mine"}}""", cancellationToken);
        using var others = await PostAsync(leases, """{"metadata":{"name":"third"}}""", cancellationToken);
        using var node = await PostAsync("/api/v1/nodes", """{"metadata":{"name":"third"}}""", cancellationToken);
        using var pod = await PostAsync(
            "/api/v1/namespaces/default/pods",
            """{"metadata":{"name":"p"},"spec":{"nodeName":"mine","containers":[{"name":"a","image":"x"}]}}""", cancellationToken);

        Assert.That(own.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(others.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(node.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(pod.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_node_renews_its_certificate_by_itself(CancellationToken cancellationToken)
    {
        using var keys = new NodeKeys("mine");
        var options = _cluster.Server.HttpClientOptions();
        var identity = new ClientIdentity(options.Identity.Authorities, _certificate);
        using var client = new HttpApiClient(
            options with { Identity = identity }, TimeProvider.System, new Random(7), NullLoggerFactory.Instance);
        var request = await client.CreateAsync(
            Csr("mine-again", CertificateSigners.NodeClient, keys.ClientCsr(), "client auth"), cancellationToken);
        await client.CreateAsync(
            Csr("forged", CertificateSigners.NodeClient, new NodeKeys("other").ClientCsr(), "client auth"), cancellationToken);

        var issued = await Eventually.GetsAsync(
            "the certificate",
            async () => (await client.FindAsync<V1CertificateSigningRequest>(request.Key(), cancellationToken))?.Status?.Certificate,
            static pem => pem is { Length: > 0 },
            cancellationToken);

        using var renewed = keys.WithKey(System.Text.Encoding.ASCII.GetString(issued!));
        using var node = _cluster.Server.HttpClient(renewed);
        using var answer = await node.GetAsync("/api/v1/nodes/mine", cancellationToken);
        var forged = await client.FindAsync<V1CertificateSigningRequest>(ObjectKey.Cluster("forged"), cancellationToken);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(forged!.Status?.Conditions ?? [], Is.Empty);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string json, CancellationToken cancellationToken)
        => _node.PostAsync(path, new StringContent(json, System.Text.Encoding.UTF8, "application/json"), cancellationToken);

    private Task CreateAsync<T>(T item)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
        => _cluster.Client.CreateAsync(item, CancellationToken.None);

    private static V1ObjectMeta Meta(string name) => new() { Name = name, NamespaceProperty = "default" };

    private static V1CertificateSigningRequest Csr(string name, string signer, string pem, string usage) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Spec = new V1CertificateSigningRequestSpec
        {
            SignerName = signer,
            Request = System.Text.Encoding.ASCII.GetBytes(pem),
            Usages = ["digital signature", usage],
        },
    };

    private static V1Pod PodOn(string node) => new()
    {
        Metadata = Meta($"pod-on-{node}"),
        Spec = new V1PodSpec
        {
            NodeName = node,
            Containers =
            [
                new V1Container
                {
                    Name = "a",
                    Image = "x",
                    EnvFrom = [new V1EnvFromSource { ConfigMapRef = new V1ConfigMapEnvSource { Name = $"map-of-{node}" } }],
                },
            ],
            Volumes = [new V1Volume { Name = "v", Secret = new V1SecretVolumeSource { SecretName = $"secret-of-{node}" } }],
        },
    };
}
