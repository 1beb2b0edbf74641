using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>The server's machine is lost, and its snapshot is restored onto another one. A cluster for each test.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class RestoredElsewhereTests
{
    private const string Web = "app=web";

    [SetUp]
    public void Require()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
    }

    [TestCase(true), TestCase(false), CancelAfter(300_000)]
    public async Task Agents_follow_their_cluster_onto_another_machine(bool keepsAddress, CancellationToken cancellationToken)
    {
        await using var cluster = await LabCluster.StartAsync("embedded", ["b"], [], cancellationToken);
        var (lost, agent) = (cluster.Server, cluster.Machine("b"));
        await cluster.ApplyAsync(LabManifests.WebOnEveryNode, cancellationToken);
        var kept = (await Eventually.GetsAsync(
            "a pod runs on each node", () => cluster.PodsAsync(Web, cancellationToken), static pods => pods.Count == 2,
            TimeSpan.FromSeconds(60), cancellationToken)).Single(static pod => pod.Node == "b");
        var started = await cluster.KubectlOutputAsync(StartOf(kept), cancellationToken);
        using var elsewhere = new TemporaryDirectory();
        var snapshot = await SaveAsync(cluster, elsewhere, cancellationToken);
        var fresh = await cluster.AddMachineAsync("c", cancellationToken);

        await cluster.EndAsync(lost, "KILL", cancellationToken);
        await lost.PlugAsync(isIn: false, cancellationToken);
        if (keepsAddress)
        {
            await fresh.MoveAsync(lost.Address, cancellationToken);
        }

        await RestoreAsync(cluster, fresh, snapshot, elsewhere, cancellationToken);
        if (!keepsAddress)
        {
            await cluster.EndAsync(agent, "TERM", cancellationToken);
            string[] follow = ["agent", "--server", $"https://{fresh.Address}:6443", "--data-dir", agent.DataDirectory];
            cluster.Start(agent, follow, new Dictionary<string, string>());
        }

        await Eventually.GetsAsync(
            "the agent's node is Ready for the new server",
            () => fresh.OutputAsync("kubectl", ["get", "nodes", "--no-headers"], cancellationToken),
            static nodes => IsReady(nodes, "b") && IsReady(nodes, "c") && !IsReady(nodes, "a"),
            TimeSpan.FromSeconds(120),
            cancellationToken);
        await Eventually.GetsAsync(
            "the new machine takes the pod that had no place",
            () => fresh.OutputAsync("kubectl", ["get", "pods", "-l", Web, "-o", "wide", "--no-headers"], cancellationToken),
            static pods => pods.Split('\n').Any(static pod => pod.Contains(" 1/1 ", StringComparison.Ordinal)
                && pod.Contains(" c ", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(60),
            cancellationToken);
        Assert.That(await fresh.OutputAsync("kubectl", StartOf(kept), cancellationToken), Is.EqualTo(started), "it went on all the time");
        var name = await fresh.OutputAsync("kubectl", ["exec", kept.Name, "--", "hostname"], cancellationToken);
        Assert.That(name.Trim(), Is.EqualTo(kept.Name));
        await fresh.OutputAsync("curl", ["-fsS", "-m", "10", $"http://{kept.Ip}:8080/healthz"], cancellationToken);
    }

    private static async Task<string> SaveAsync(LabCluster cluster, TemporaryDirectory elsewhere, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(elsewhere.At("passphrase"), "correct horse battery staple\n", cancellationToken);
        string[] save = ["snapshot", "save", "--name", "last", "--dir", elsewhere.Path, "--passphrase-file", elsewhere.At("passphrase")];
        await cluster.Server.OutputAsync(
            MiniKubeInstance.Binary, [.. save, "--data-dir", cluster.Server.DataDirectory], cancellationToken);
        return elsewhere.At("last.snapshot");
    }

    private static async Task RestoreAsync(
        LabCluster cluster, LabMachine machine, string snapshot, TemporaryDirectory elsewhere, CancellationToken cancellationToken)
    {
        string[] where = ["--data-dir", machine.DataDirectory];
        await machine.OutputAsync(
            MiniKubeInstance.Binary,
            ["snapshot", "restore", snapshot, "--passphrase-file", elsewhere.At("passphrase"), .. where],
            cancellationToken);
        var server = cluster.Start(
            machine, ["server", "--node-name", machine.Name, "--runtime", "embedded", .. where], new Dictionary<string, string>());
        await server.PrintsAsync("MiniKube is ready", cancellationToken);
    }

    private static string[] StartOf(LabPod pod)
        => ["get", "pod", pod.Name, "-o", "jsonpath={.metadata.uid} {.status.containerStatuses[0].containerID} {.status.podIP}"];

    private static bool IsReady(string nodes, string name)
        => nodes.Split('\n').Any(line => line.StartsWith($"{name} ", StringComparison.Ordinal)
            && line.Contains(" Ready ", StringComparison.Ordinal));
}
