using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
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

    [Test, Order(6), CancelAfter(120_000)]
    public async Task Names_are_answered_in_every_pod_and_on_every_machine(CancellationToken cancellationToken)
    {
        var pods = await Cluster.PodsAsync(Web, cancellationToken);
        var ip = await Cluster.KubectlOutputAsync(["get", "svc", "web", "-o", "jsonpath={.spec.clusterIP}"], cancellationToken);
        var dns = await Cluster.KubectlOutputAsync(
            ["get", "svc", "kube-dns", "-n", "kube-system", "-o", "jsonpath={.spec.clusterIP}"], cancellationToken);

        foreach (var pod in pods)
        {
            Assert.That((await Cluster.ExecAsync(pod, ["dns", "web"], cancellationToken)).Trim(), Is.EqualTo(ip), $"{pod}");
            var page = await Cluster.ExecAsync(pod, ["get", "http://web.default/hostname"], cancellationToken);
            Assert.That(page, Does.StartWith("web-"), $"{pod}");
        }

        foreach (var machine in Cluster.Machines)
        {
            var address = await DigAsync(machine, dns, "web.default.svc.cluster.local", "A", cancellationToken);
            var all = await DigAsync(machine, dns, "web-headless.default.svc.cluster.local", "A", cancellationToken);
            var ports = await DigAsync(machine, dns, "_http._tcp.web-headless.default.svc.cluster.local", "SRV", cancellationToken);
            Assert.That(address, Is.EqualTo([ip]), machine.Name);
            Assert.That(all, Is.EquivalentTo(pods.Select(static pod => pod.Ip)), machine.Name);
            Assert.That(ports, Has.Length.EqualTo(3).And.All.Contains(" 8080 "), machine.Name);
        }
    }

    [Test, Order(7), CancelAfter(180_000)]
    public async Task Logs_exec_and_port_forward_need_no_open_port_on_the_agents(CancellationToken cancellationToken)
    {
        await BlockKubeletsAsync(cancellationToken);

        foreach (var pod in await Cluster.PodsAsync(Web, cancellationToken))
        {
            var log = await Cluster.KubectlOutputAsync(["logs", pod.Name], cancellationToken);
            var name = await Cluster.ExecAsync(pod, ["hostname"], cancellationToken);
            await using var forward = Cluster.Server.Start("kubectl", ["port-forward", pod.Name, "7070:8080"]);
            await forward.PrintsAsync("Forwarding from 127.0.0.1:7070", cancellationToken);
            var page = await CurlAsync(Cluster.Server, "http://127.0.0.1:7070/hostname", cancellationToken);

            Assert.That(log, Does.Contain("web: listening on port 8080"), pod.Node);
            Assert.That((name.Trim(), page.Trim()), Is.EqualTo((pod.Name, pod.Name)), pod.Node);
        }

        await OpenKubeletsAsync(cancellationToken);
    }

    [Test, Order(8), CancelAfter(180_000)]
    public async Task Copies_and_attached_sessions_need_no_open_port_on_the_agents(CancellationToken cancellationToken)
    {
        using var here = new TemporaryDirectory();
        var sent = Directory.CreateDirectory(Path.Combine(here.Path, "sent", "below")).FullName;
        var content = new byte[300_000];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(sent, "noise"), content, cancellationToken);
        await BlockKubeletsAsync(cancellationToken);

        foreach (var pod in await Cluster.PodsAsync(Web, cancellationToken))
        {
            var back = Path.Combine(here.Path, pod.Node);
            await Cluster.KubectlOutputAsync(["cp", Path.Combine(here.Path, "sent"), $"{pod.Name}:/copied"], cancellationToken);
            await Cluster.KubectlOutputAsync(["cp", $"{pod.Name}:/copied", back], cancellationToken);
            var received = await File.ReadAllBytesAsync(Path.Combine(back, "below", "noise"), cancellationToken);
            Assert.That(received, Is.EqualTo(content), pod.Node);

            await Cluster.ApplyAsync(LabManifests.OneSession(pod.Node), cancellationToken);
            await Cluster.KubectlOutputAsync(
                ["wait", "--for=condition=Ready", "--timeout=60s", $"pod/session-{pod.Node}"], cancellationToken);
            string[] typed = ["-c", $"echo to {pod.Node} | kubectl attach -q -i session-{pod.Node}"];
            var printed = (await Cluster.Server.OutputAsync("sh", typed, cancellationToken)).Trim();
            Assert.That(printed, Is.EqualTo($"to {pod.Node}"));
        }

        await OpenKubeletsAsync(cancellationToken);
    }

    [Test, Order(9), CancelAfter(120_000)]
    public async Task Pods_services_and_nodes_are_reached_through_the_server(CancellationToken cancellationToken)
    {
        foreach (var pod in await Cluster.PodsAsync(Web, cancellationToken))
        {
            var own = await RawAsync($"/api/v1/namespaces/default/pods/{pod.Name}:8080/proxy/hostname", cancellationToken);
            var health = await RawAsync($"/api/v1/nodes/{pod.Node}/proxy/healthz", cancellationToken);

            Assert.That((own.Trim(), health), Is.EqualTo((pod.Name, "ok")));
        }

        await using var proxy = Cluster.Server.Start("kubectl", ["proxy", "--port", "8001"]);
        await proxy.PrintsAsync("Starting to serve", cancellationToken);
        const string service = "http://127.0.0.1:8001/api/v1/namespaces/default/services/web:http/proxy";
        var big = await CurlAsync(Cluster.Server, $"{service}/bytes?count=300000", cancellationToken);
        var front = await Cluster.Server.OutputAsync(
            "curl", ["-fsSL", "-m", "10", "-o", "/dev/null", "-w", "%{url_effective}", service], cancellationToken);

        Assert.That(big, Has.Length.EqualTo(300_000));
        Assert.That(front, Is.EqualTo($"{service}/"));
    }

    [Test, Order(10), CancelAfter(180_000)]
    public async Task No_request_fails_while_one_packet_in_a_hundred_is_lost(CancellationToken cancellationToken)
    {
        foreach (var machine in Cluster.Machines)
        {
            await machine.LosePacketsAsync(oneIn: 100, cancellationToken);
        }

        foreach (var machine in Cluster.Machines)
        {
            for (var request = 0; request < 20; request++)
            {
                var url = $"http://{machine.Address}:30080/bytes?count=50000";
                await machine.OutputAsync("curl", ["-fsS", "-m", "30", url, "-o", "/dev/null"], cancellationToken);
            }
        }

        foreach (var machine in Cluster.Machines)
        {
            await machine.ClearFiltersAsync(cancellationToken);
        }
    }

    [Test, Order(11), CancelAfter(120_000)]
    public async Task The_status_tells_how_each_node_is_reached(CancellationToken cancellationToken)
    {
        string[] ask = ["status", "--data-dir", Cluster.Server.DataDirectory];
        var ways = await Eventually.GetsAsync(
            "every agent has its tunnel",
            async () => (await Cluster.Server.OutputAsync(MiniKubeInstance.Binary, ask, cancellationToken))
                .Split('\n').Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(static cells => cells is [_, "Ready", ..])
                .Select(static cells => $"{cells[0]} {cells[^1]}"),
            static ways => ways.Count() == 3 && !ways.Any(static way => way.EndsWith("direct", StringComparison.Ordinal)),
            cancellationToken);

        Assert.That(ways, Is.EqualTo(["a local", "b tunnel", "c tunnel"]));
    }

    [Test, Order(12), CancelAfter(120_000)]
    public async Task The_status_tells_until_when_the_agents_certificates_are_good(CancellationToken cancellationToken)
    {
        string[] ask = ["status", "-o", "json", "--data-dir", Cluster.Server.DataDirectory];
        var status = await Cluster.Server.OutputAsync(MiniKubeInstance.Binary, ask, cancellationToken);

        var told = JsonNode.Parse(status)!["certificates"]!.AsArray().ToDictionary(
            static one => one!["file"]!.ToString(), static one => one!["ends"]?.GetValue<DateTimeOffset>());
        foreach (var machine in Cluster.Machines.Skip(1))
        {
            using var own = X509Certificate2.CreateFromPem(
                await File.ReadAllTextAsync(Path.Combine(machine.DataDirectory, "pki", "client.pem"), cancellationToken));
            Assert.That(told[$"node {machine.Name}"]?.UtcDateTime, Is.EqualTo(own.NotAfter.ToUniversalTime()));
        }
    }

    [Test, Order(13), CancelAfter(120_000)]
    public async Task What_an_agent_writes_is_managed_by_the_kubelet_as_on_the_servers_machine(CancellationToken cancellationToken)
    {
        const string managers = "jsonpath={range .metadata.managedFields[?(@.subresource=='status')]}{.manager} {end}";
        foreach (var pod in await Cluster.PodsAsync(Web, cancellationToken))
        {
            string[] ask = ["get", "--show-managed-fields", "-o", managers];
            var ofPod = await Cluster.KubectlOutputAsync([.. ask, "pod", pod.Name], cancellationToken);
            var ofNode = await Cluster.KubectlOutputAsync([.. ask, "node", pod.Node], cancellationToken);

            Assert.That(ofPod.Split(' '), Does.Contain("kubelet"), pod.Node);
            Assert.That(ofNode.Split(' '), Does.Contain("kubelet"), pod.Node);
            Assert.That(ofPod + ofNode, Does.Not.Contain("minikube"), pod.Node);
        }
    }

    private async Task BlockKubeletsAsync(CancellationToken cancellationToken)
    {
        foreach (var machine in Cluster.Machines.Skip(1))
        {
            await machine.BlockAsync(10250, cancellationToken);
        }
    }

    private async Task OpenKubeletsAsync(CancellationToken cancellationToken)
    {
        foreach (var machine in Cluster.Machines.Skip(1))
        {
            await machine.ClearFiltersAsync(cancellationToken);
        }
    }

    private Task<string> RawAsync(string path, CancellationToken cancellationToken)
        => Cluster.KubectlOutputAsync(["get", "--raw", path], cancellationToken);

    private static async Task<string[]> DigAsync(
        LabMachine machine, string server, string name, string type, CancellationToken cancellationToken)
        => (await machine.OutputAsync("dig", [$"@{server}", "+short", "+time=5", name, type], cancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

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
