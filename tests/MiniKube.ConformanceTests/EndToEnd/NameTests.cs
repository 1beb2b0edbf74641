using System.Net;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// Names from outside: the real binary, real pods, and dig. What the cluster does not know comes from a server of the test's own.
/// </summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Category("LinuxRoot")]
[Category("Kubectl")]
public abstract class NameTests(string runtime, string upstreamAddress)
{
    private const string Manifest = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec:
          selector: {app: web}
          ports: [{name: http, port: 80, targetPort: 8080}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: peers}
        spec:
          clusterIP: None
          selector: {app: peer}
          ports: [{name: http, port: 8080}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: outside}
        spec: {type: ExternalName, externalName: www.example.test}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: peer-0, labels: {app: peer}}
        spec:
          hostname: peer-0
          subdomain: peers
          containers: [{name: web, image: minikube/testbox, imagePullPolicy: IfNotPresent, args: [web, --port, "8080"]}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: client}
        spec:
          containers: [{name: sleep, image: minikube/testbox, imagePullPolicy: IfNotPresent, args: [sleep, infinity]}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: host-client}
        spec:
          hostNetwork: true
          dnsPolicy: ClusterFirstWithHostNet
          containers: [{name: sleep, image: minikube/testbox, imagePullPolicy: IfNotPresent, args: [sleep, infinity]}]
        """;

    private readonly MiniKubeInstance _cluster = MiniKubeInstance.Create(runtime);
    private FakeUpstream? _upstream;
    private ForegroundProgram? _up;

    // The tenth address of the range.
    private string Server => IPNetwork.Parse(_cluster.ServiceCidr).BaseAddress.ToString()[..^1] + "10";

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await RequireAsync(patience.Token);
        _upstream = FakeUpstream.Start(FakeUpstream.Always("192.0.2.80"), upstreamAddress, port: 53);
        var resolvConf = _cluster.Write("resolv.conf", $"nameserver {upstreamAddress}\n");
        _up = await _cluster.UpAsync(["--resolv-conf", resolvConf, _cluster.Write("names.yaml", Manifest)], patience.Token);
        await _cluster.KubectlOutputAsync(["wait", "--for=condition=Ready", "pod", "--all", "--timeout=60s"], patience.Token);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_up is not null)
        {
            await _up.DisposeAsync();
        }

        await _cluster.DisposeAsync();
        if (_upstream is not null)
        {
            await _upstream.DisposeAsync();
        }
    }

    [TestCase("client"), TestCase("host-client")]
    [CancelAfter(120_000)]
    public async Task A_pod_finds_services_pods_and_the_world_by_name(string pod)
    {
        var cancellationToken = TestContext.CurrentContext.CancellationToken;
        var service = await _cluster.KubectlOutputAsync(
            ["get", "svc", "web", "-n", "shop", "-o", "jsonpath={.spec.clusterIP}"], cancellationToken);
        var peer = await _cluster.KubectlOutputAsync(["get", "pod", "peer-0", "-o", "jsonpath={.status.podIP}"], cancellationToken);

        Assert.That(await ResolveAsync("web.shop"), Is.EqualTo(service));
        Assert.That(await ResolveAsync("web.shop.svc.cluster.local"), Is.EqualTo(service));
        await Eventually.GetsAsync("peer-0 is an endpoint", () => ResolveAsync("peers"), seen => seen == peer, cancellationToken);
        Assert.That(await ResolveAsync("peer-0.peers"), Is.EqualTo(peer));
        Assert.That(await ResolveAsync("outside"), Is.EqualTo("192.0.2.80"));
        Assert.That(await ResolveAsync("www.example.test"), Is.EqualTo("192.0.2.80"));

        async Task<string> ResolveAsync(string name)
            => (await _cluster.KubectlAsync(["exec", pod, "--", "dns", name], cancellationToken)).Output.Trim();
    }

    [Test, CancelAfter(60_000)]
    public async Task Dig_reads_every_kind_of_record_over_both_protocols(CancellationToken cancellationToken)
    {
        Requirement.Dig();
        await Eventually.GetsAsync(
            "peer-0 is an endpoint", () => DigAsync("peers.default.svc.cluster.local", "A"), seen => seen.Length > 0, cancellationToken);
        var peer = await DigAsync("peer-0.peers.default.svc.cluster.local", "A");

        Assert.That(await DigAsync("dns-version.cluster.local", "TXT"), Is.EqualTo("\"1.1.0\""));
        Assert.That(await DigAsync("kube-dns.kube-system.svc.cluster.local", "A"), Is.EqualTo(Server));
        Assert.That(await DigAsync("-x", Server), Is.EqualTo("kube-dns.kube-system.svc.cluster.local."));
        Assert.That(await DigAsync("-x", peer), Is.EqualTo("peer-0.peers.default.svc.cluster.local."));
        Assert.That(
            await DigAsync("_http._tcp.peers.default.svc.cluster.local", "SRV"),
            Is.EqualTo("0 100 8080 peer-0.peers.default.svc.cluster.local."));
        Assert.That(
            await DigAsync("+tcp", "_http._tcp.web.shop.svc.cluster.local", "SRV"), Is.EqualTo("0 100 80 web.shop.svc.cluster.local."));
        Assert.That(await DigAsync("outside.default.svc.cluster.local", "A"), Is.EqualTo("www.example.test.\n192.0.2.80"));
        Assert.That(await DigAsync("+noedns", "cluster.local", "SOA"), Does.StartWith("ns.dns.cluster.local. hostmaster.cluster.local. "));
        Assert.That(await DigAsync("www.example.test", "A"), Is.EqualTo("192.0.2.80"));

        async Task<string> DigAsync(params string[] question)
        {
            string[] arguments = [$"@{Server}", "+short", "+tries=1", .. question];
            return (await ProgramRun.OfAsync("dig", arguments, new Dictionary<string, string>(), cancellationToken)).Success().Trim();
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task The_service_of_the_DNS_is_where_tools_look_for_it(CancellationToken cancellationToken)
    {
        var shown = await _cluster.KubectlOutputAsync(
            ["get", "svc", "-n", "kube-system", "-l", "k8s-app=kube-dns", "--no-headers"], cancellationToken);

        Assert.That(shown, Does.StartWith("kube-dns").And.Contain($" {Server} ").And.Contain("53/UDP,53/TCP"));
    }

    /// <summary>What the runtime needs beyond root and kubectl.</summary>
    protected virtual Task RequireAsync(CancellationToken cancellationToken)
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
        return Task.CompletedTask;
    }
}

/// <summary>With containers of our own.</summary>
public sealed class EmbeddedNameTests() : NameTests("embedded", "127.0.41.1");

/// <summary>With containers of a Docker engine.</summary>
[Category("Docker")]
public sealed class DockerNameTests() : NameTests("docker", "127.0.41.2")
{
    protected override async Task RequireAsync(CancellationToken cancellationToken)
    {
        await base.RequireAsync(cancellationToken);
        await Requirement.DockerAsync(cancellationToken);
    }
}
