using System.Net;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Machines that are emptied, taken away and come again. A cluster of two machines for each test.</summary>
[NonParallelizable]
[Category("LinuxRoot")]
[Category("Kubectl")]
public sealed class NodeLeavingTests
{
    private const string Guarded = "app=guarded";

    private const string Manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: guarded}
        spec:
          replicas: 2
          selector: {matchLabels: {app: guarded}}
          template:
            metadata: {labels: {app: guarded}}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - {name: main, image: minikube/testbox, imagePullPolicy: IfNotPresent, args: [web, --port, "8080"]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: guarded}
        spec: {minAvailable: 2, selector: {matchLabels: {app: guarded}}}
        """;

    [SetUp]
    public void Require()
    {
        Requirement.LinuxRoot();
        Requirement.Kubectl();
    }

    [Test, CancelAfter(240_000)]
    public async Task Draining_waits_while_the_disruption_budget_is_used_up(CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var node = (await PodsAsync(cluster, 2, cancellationToken))[0].Node;

        await using var drain = cluster.Server.Start("kubectl", ["drain", node, "--ignore-daemonsets", "--timeout", "120s"]);
        await drain.PrintsAsync("Cannot evict pod as it would violate the pod's disruption budget", cancellationToken);
        var kept = await cluster.PodsAsync(Guarded, cancellationToken);
        await cluster.KubectlOutputAsync(["scale", "deploy/guarded", "--replicas", "4"], cancellationToken);
        await Eventually.GetsAsync(
            "the node is empty, and there are four pods",
            () => cluster.PodsAsync(Guarded, cancellationToken),
            pods => pods.Count == 4 && pods.All(pod => pod.Node != node),
            TimeSpan.FromSeconds(60),
            cancellationToken);

        Assert.That(kept, Has.Count.EqualTo(2), "none was taken before there were more than the budget asks for");
        await cluster.KubectlOutputAsync(["uncordon", node], cancellationToken);
        await cluster.NodesAreReadyAsync(cancellationToken);
    }

    [Test, CancelAfter(240_000)]
    public async Task A_node_that_was_deleted_joins_again_by_its_name_or_another_at_another_address(CancellationToken cancellationToken)
    {
        await using var cluster = await StartAsync(cancellationToken);
        var machine = cluster.Machine("b");

        await cluster.EndAsync(machine, "TERM", cancellationToken);
        await cluster.KubectlOutputAsync(["delete", "node", "b"], cancellationToken);
        cluster.StartAgent(machine);
        await cluster.NodesAreReadyAsync(cancellationToken);

        await cluster.EndAsync(machine, "TERM", cancellationToken);
        await machine.OutputAsync(MiniKubeInstance.Binary, ["uninstall", "--data-dir", machine.DataDirectory], cancellationToken);
        await cluster.KubectlOutputAsync(["delete", "node", "b"], cancellationToken);
        await machine.MoveAsync(IPAddress.Parse("192.168.77.99"), cancellationToken);
        string[] join = ["agent", "--server", cluster.Url, "--token", cluster.Token];
        string[] other = ["--node-name", "other", "--data-dir", machine.DataDirectory, "--runtime", "embedded"];
        cluster.Start(machine, [.. join, .. other], new Dictionary<string, string>());
        await cluster.NodesAreReadyAsync(cancellationToken);
        await cluster.KubectlOutputAsync(["cordon", "a"], cancellationToken);
        await cluster.KubectlOutputAsync(["rollout", "restart", "deploy/guarded"], cancellationToken);

        var pods = await Eventually.GetsAsync(
            "the pods are on the node of the new name",
            () => cluster.PodsAsync(Guarded, cancellationToken),
            static pods => pods.Count == 2 && pods.All(static pod => pod.Node == "other"),
            TimeSpan.FromSeconds(90),
            cancellationToken);
        await cluster.Server.OutputAsync("curl", ["-fsS", "-m", "10", $"http://{pods[0].Ip}:8080/healthz"], cancellationToken);
        var address = await cluster.KubectlOutputAsync(
            ["get", "node", "other", "-o", "jsonpath={.status.addresses[0].address}"], cancellationToken);
        Assert.That(address, Is.EqualTo("192.168.77.99"));
    }

    private static async Task<LabCluster> StartAsync(CancellationToken cancellationToken)
    {
        var cluster = await LabCluster.StartAsync("embedded", ["b"], [], cancellationToken);
        await cluster.ApplyAsync(Manifest, cancellationToken);
        await PodsAsync(cluster, 2, cancellationToken);
        return cluster;
    }

    private static Task<IReadOnlyList<LabPod>> PodsAsync(LabCluster cluster, int count, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"{count} pods are Ready",
            () => cluster.PodsAsync(Guarded, cancellationToken),
            pods => pods.Count == count,
            TimeSpan.FromSeconds(60),
            cancellationToken);
}
