using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>
/// Three machines, one network: pods, Services and names from every place to every place. One cluster for all tests.
/// </summary>
[NonParallelizable]
[FixtureLifeCycle(LifeCycle.SingleInstance)]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class ThreeNodeTests
{
    private const string Web = "app=web";
    private LabCluster? _cluster;

    private LabCluster Cluster => _cluster!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        _cluster = await LabCluster.StartAsync("embedded", ["b", "c"], [], patience.Token);
        await _cluster.ApplyAsync(LabManifests.WebOnEveryNode, patience.Token);
        await Eventually.GetsAsync(
            "a pod is Ready on each node",
            () => _cluster.PodsAsync(Web, patience.Token),
            static pods => pods.DistinctBy(static pod => pod.Node).Count() == 3,
            patience.Token);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Test, Order(1), CancelAfter(120_000)]
    public async Task Every_pod_reaches_every_pod_by_address_and_is_seen_with_its_own(CancellationToken cancellationToken)
    {
        var pods = await Cluster.PodsAsync(Web, cancellationToken);

        foreach (var from in pods)
        {
            foreach (var to in pods)
            {
                var answer = await Cluster.ExecAsync(from, ["get", $"http://{to.Ip}:8080/client"], cancellationToken);
                Assert.That(answer, Does.Contain(from.Ip), $"{from} to {to}");
            }
        }
    }

    [Test, Order(2), CancelAfter(120_000)]
    public async Task Machines_reach_pods_and_pods_reach_machines(CancellationToken cancellationToken)
    {
        var pods = await Cluster.PodsAsync(Web, cancellationToken);

        foreach (var machine in Cluster.Machines)
        {
            machine.Start(LabCluster.Testbox, ["web", "--port", "9000"]);
            foreach (var pod in pods)
            {
                await machine.OutputAsync("curl", ["-fsS", "-m", "10", $"http://{pod.Ip}:8080/healthz"], cancellationToken);
                await Cluster.ExecAsync(pod, ["get", $"http://{machine.Address}:9000/healthz"], cancellationToken);
            }
        }
    }

    [Test, Order(3), CancelAfter(120_000)]
    public async Task Large_answers_cross_the_overlay_whole(CancellationToken cancellationToken)
    {
        var pods = await Cluster.PodsAsync(Web, cancellationToken);

        foreach (var to in pods)
        {
            var answer = await Cluster.ExecAsync(pods[0], ["get", $"http://{to.Ip}:8080/bytes?count=300000"], cancellationToken);
            Assert.That(answer, Has.Length.EqualTo(300_000), to.Node);
        }
    }

    [Test, Order(4), CancelAfter(120_000)]
    public async Task A_cluster_ip_answers_from_every_pod_and_every_machine(CancellationToken cancellationToken)
    {
        var pods = await Cluster.PodsAsync(Web, cancellationToken);
        var ip = await Cluster.KubectlOutputAsync(["get", "svc", "web", "-o", "jsonpath={.spec.clusterIP}"], cancellationToken);

        foreach (var pod in pods)
        {
            var answered = await AnsweringPodsAsync(() => Cluster.ExecAsync(pod, ["get", $"http://{ip}/hostname"], cancellationToken));
            Assert.That(answered, Is.EquivalentTo(pods.Select(static one => one.Name)), $"from {pod}");
        }

        foreach (var machine in Cluster.Machines)
        {
            var answered = await AnsweringPodsAsync(() => CurlAsync(machine, $"http://{ip}/hostname", cancellationToken));
            Assert.That(answered, Is.EquivalentTo(pods.Select(static one => one.Name)), $"from {machine.Name}");
        }
    }

    [Test, Order(5), CancelAfter(120_000)]
    public async Task A_node_port_answers_on_every_machine_for_every_machine(CancellationToken cancellationToken)
    {
        foreach (var from in Cluster.Machines)
        {
            foreach (var to in Cluster.Machines)
            {
                var page = await CurlAsync(from, $"http://{to.Address}:30080/hostname", cancellationToken);
                Assert.That(page, Does.StartWith("web-"), $"{from.Name} to {to.Name}");
            }
        }
    }

    private static Task<string> CurlAsync(LabMachine machine, string url, CancellationToken cancellationToken)
        => machine.OutputAsync("curl", ["-fsS", "-m", "10", url], cancellationToken);

    // Each answer comes from one of them; enough are asked for that none is missed by chance.
    private static async Task<HashSet<string>> AnsweringPodsAsync(Func<Task<string>> ask)
    {
        var names = new HashSet<string>();
        for (var asked = 0; asked < 40 && names.Count < 3; asked++)
        {
            names.Add((await ask()).Trim());
        }

        return names;
    }
}
