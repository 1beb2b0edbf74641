using System.Net;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>What a cluster of three machines lives through. A cluster of its own for each test.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class MachineFailureTests
{
    private const string Web = "app=web";

    [SetUp]
    public void Require()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
    }

    [TestCase("b"), TestCase("a")]
    [CancelAfter(240_000)]
    public async Task Pods_go_on_while_minikube_is_dead_on_their_machine_and_are_adopted_by_the_next(
        string name, CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var before = await cluster.PodsAsync(Web, cancellationToken);
        var machine = cluster.Machine(name);
        var pod = before.Single(one => one.Node == name);

        await cluster.EndAsync(machine, "KILL", cancellationToken);
        await CurlAsync(cluster.Machine("c"), $"http://{pod.Ip}:8080/healthz", cancellationToken);
        if (name == "a")
        {
            await cluster.StartServerAsync([], cancellationToken);
        }
        else
        {
            cluster.StartAgent(machine);
        }

        await cluster.NodesAreReadyAsync(cancellationToken);
        Assert.That(await ReadyPodsAsync(cluster, 3, cancellationToken), Is.EquivalentTo(before), "the same pods, where they were");
        var restarts = await cluster.KubectlOutputAsync(
            ["get", "pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].restartCount}"], cancellationToken);
        Assert.That(restarts.Split(' '), Has.All.EqualTo("0"));
    }

    [Test, CancelAfter(300_000)]
    public async Task A_machine_that_is_cut_off_loses_its_pods_to_others_and_comes_back_clean(CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        await cluster.ApplyAsync(LabManifests.Movable, cancellationToken);
        await ReadyPodsAsync(cluster, "app=movable", 6, cancellationToken);
        var lost = cluster.Machine("c");

        await lost.PlugAsync(isIn: false, cancellationToken);
        await Eventually.GetsAsync(
            "the others have its pods",
            () => cluster.PodsAsync("app=movable", cancellationToken),
            static pods => pods.Count == 6 && pods.All(static pod => pod.Node != "c"),
            TimeSpan.FromSeconds(150),
            cancellationToken);
        await lost.PlugAsync(isIn: true, cancellationToken);

        await cluster.NodesAreReadyAsync(cancellationToken);
        await Eventually.GetsAsync(
            "no more than six pods are left",
            () => cluster.KubectlOutputAsync(["get", "pods", "-l", "app=movable", "--no-headers"], cancellationToken),
            static lines => lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 6,
            TimeSpan.FromSeconds(60),
            cancellationToken);
        var taints = await cluster.KubectlOutputAsync(["get", "node", "c", "-o", "jsonpath={.spec.taints}"], cancellationToken);
        Assert.That(taints, Is.Empty);
    }

    [TestCase("b")]
    [CancelAfter(240_000)]
    public async Task A_machine_with_a_new_address_is_reached_there(string name, CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var machine = cluster.Machine(name);
        var pods = await cluster.PodsAsync(Web, cancellationToken);

        await machine.MoveAsync(IPAddress.Parse("192.168.77.99"), cancellationToken);

        await Eventually.GetsAsync(
            "the node has the new address",
            () => cluster.KubectlOutputAsync(
                ["get", "node", name, "-o", "jsonpath={.status.addresses[?(@.type=='InternalIP')].address}"], cancellationToken),
            static address => address == "192.168.77.99",
            TimeSpan.FromSeconds(60),
            cancellationToken);
        await cluster.NodesAreReadyAsync(cancellationToken);
        foreach (var pod in pods)
        {
            await EventuallyCurlsAsync(cluster.Machine("c"), $"http://{pod.Ip}:8080/healthz", cancellationToken);
            Assert.That(await cluster.ExecAsync(pod, ["hostname"], cancellationToken), Does.Contain(pod.Name));
        }
    }

    [Test, CancelAfter(240_000)]
    public async Task A_server_with_a_new_address_is_found_by_agents_that_are_told(CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var pods = await cluster.PodsAsync(Web, cancellationToken);

        await cluster.Server.MoveAsync(IPAddress.Parse("192.168.77.99"), cancellationToken);
        foreach (var agent in cluster.Machines.Skip(1))
        {
            await cluster.EndAsync(agent, "TERM", cancellationToken);
            cluster.StartAgent(agent);
        }

        foreach (var pod in pods)
        {
            await EventuallyCurlsAsync(cluster.Machine("c"), $"http://{pod.Ip}:8080/healthz", cancellationToken);
            await Eventually.HoldsAsync(
                $"{pod} is reached through the server",
                async () => (await cluster.KubectlAsync(["exec", pod.Name, "--", "hostname"], cancellationToken)).ExitCode == 0,
                cancellationToken);
        }

        await cluster.NodesAreReadyAsync(cancellationToken);
        Assert.That(await ReadyPodsAsync(cluster, 3, cancellationToken), Is.EquivalentTo(pods), "the same pods, where they were");
    }

    [Test, CancelAfter(300_000)]
    public async Task The_sample_answers_on_every_other_machine_when_one_dies(CancellationToken cancellationToken)
    {
        await using var cluster = await LabCluster.StartAsync("embedded", ["b", "c"], [], cancellationToken);
        await cluster.KubectlOutputAsync(["apply", "-f", RepositoryFiles.PathOf("samples/hello")], cancellationToken);
        await cluster.KubectlOutputAsync(["scale", "deploy/web", "--replicas=6"], cancellationToken);
        await ReadyPodsAsync(cluster, 6, cancellationToken);
        var database = (await ReadyPodsAsync(cluster, "app=database", 1, cancellationToken))[0].Node;
        var victim = cluster.Machines.Skip(1).First(machine => machine.Name != database);
        var survivors = cluster.Machines.Where(machine => machine != victim).ToList();
        await using var answers = new AnswerTimes(survivors, machine => $"http://{machine.Address}:30080/");
        await Eventually.HoldsAsync("every machine answers", () => answers.Counts.All(static count => count > 5), cancellationToken);

        await victim.PlugAsync(isIn: false, cancellationToken);

        await Eventually.GetsAsync(
            "the dead machine's pods are out of the Service",
            () => ReadyPodsAsync(cluster, cancellationToken),
            pods => pods.All(pod => pod.Node != victim.Name),
            TimeSpan.FromSeconds(120),
            cancellationToken);
        var before = answers.Counts;
        await Eventually.HoldsAsync(
            "every machine answers twenty times more",
            () => answers.Counts.Zip(before, static (now, then) => now - then).All(static more => more > 20),
            cancellationToken);
        await answers.StopAsync();
        await TestContext.Out.WriteLineAsync($"longest time without an answer: {answers.LongestGap.TotalSeconds:0.0} s");
    }

    private static Task<IReadOnlyList<LabPod>> ReadyPodsAsync(LabCluster cluster, CancellationToken cancellationToken)
        => cluster.PodsAsync(Web, cancellationToken);

    private static async Task<LabCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = await LabCluster.StartAsync("embedded", ["b", "c"], [], cancellationToken);
        await cluster.ApplyAsync(LabManifests.WebOnEveryNode, cancellationToken);
        await ReadyPodsAsync(cluster, 3, cancellationToken);
        return cluster;
    }

    private static Task<IReadOnlyList<LabPod>> ReadyPodsAsync(LabCluster cluster, int count, CancellationToken cancellationToken)
        => ReadyPodsAsync(cluster, Web, count, cancellationToken);

    private static Task<IReadOnlyList<LabPod>> ReadyPodsAsync(
        LabCluster cluster, string selector, int count, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"{count} pods are Ready",
            () => cluster.PodsAsync(selector, cancellationToken),
            pods => pods.Count == count,
            TimeSpan.FromSeconds(60),
            cancellationToken);

    private static Task<string> CurlAsync(LabMachine machine, string url, CancellationToken cancellationToken)
        => machine.OutputAsync("curl", ["-fsS", "-m", "10", url], cancellationToken);

    private static Task EventuallyCurlsAsync(LabMachine machine, string url, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"{url} answers",
            () => machine.RunAsync("curl", ["-fsS", "-m", "3", url], cancellationToken),
            static run => run.ExitCode == 0,
            TimeSpan.FromSeconds(60), // Agents that start anew, on machines that share two cores.
            cancellationToken);
}
