using System.Net;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class NodeLifecycleTests
{
    private const string NotReady = "node.kubernetes.io/not-ready";

    private static readonly string[] Unreachable =
        ["node.kubernetes.io/unreachable NoExecute", "node.kubernetes.io/unreachable NoSchedule"];

    [Test, CancelAfter(20_000)]
    public async Task Every_node_gets_a_range_of_its_own(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);

        foreach (var name in new[] { "a", "b", "c" })
        {
            await cluster.Client.CreateAsync(Objects.Node(name), cancellationToken);
        }

        await cluster.UntilAsync("all have one", () => cluster.All<V1Node>().All(node => node.Spec.PodCIDR is not null), cancellationToken);
        Assert.That(
            cluster.All<V1Node>().Select(node => node.Spec.PodCIDR),
            Is.EquivalentTo(new[] { "10.42.0.0/24", "10.42.1.0/24", "10.42.2.0/24" }));
    }

    [Test]
    public void A_range_that_is_full_gives_none_and_a_returned_part_is_given_last()
    {
        var pool = new CidrPool(IPNetwork.Parse("10.42.0.0/22"), 24);
        pool.Take("10.42.1.0/24");

        var first = new[] { pool.TakeNext(), pool.TakeNext() };
        pool.Release("10.42.0.0/24");
        var then = new[] { pool.TakeNext(), pool.TakeNext(), pool.TakeNext() };

        Assert.That(first, Is.EqualTo(new[] { "10.42.0.0/24", "10.42.2.0/24" }));
        Assert.That(then, Is.EqualTo(new[] { "10.42.3.0/24", "10.42.0.0/24", null }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_silent_node_becomes_unknown_is_tainted_and_its_pods_leave_service(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("a"), cancellationToken);
        var pod = await RunningPodAsync(cluster, cancellationToken);
        await cluster.UntilAsync("known", () => cluster.Find<V1Node>("a", "")!.Spec.PodCIDR is not null, cancellationToken);

        await SilenceAsync(cluster, cancellationToken);
        await cluster.UntilAsync("tainted", () => TaintsOf(cluster).SequenceEqual([Unreachable[1]]), cancellationToken);
        await cluster.UntilAsync("the pod is not ready", () => !ControllerCluster.IsReady(cluster.Find<V1Pod>(pod)!), cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task Pods_are_driven_out_only_while_some_other_node_is_ready(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("a"), cancellationToken);
        await cluster.UntilAsync("known", () => cluster.Find<V1Node>("a", "")!.Spec.PodCIDR is not null, cancellationToken);
        await SilenceAsync(cluster, cancellationToken);
        await cluster.UntilAsync("no new pods", () => TaintsOf(cluster).SequenceEqual([Unreachable[1]]), cancellationToken);

        await cluster.Client.CreateAsync(Objects.Node("b"), cancellationToken);
        await cluster.UntilAsync("pods leave", () => TaintsOf(cluster).SequenceEqual(Unreachable), cancellationToken);
        await cluster.Client.DeleteAsync<V1Node>(ObjectKey.Cluster("b"), null, cancellationToken);

        await cluster.UntilAsync("pods stay", () => TaintsOf(cluster).SequenceEqual([Unreachable[1]]), cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_node_that_renews_its_lease_stays_ready_and_one_that_returns_loses_its_taints(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("a"), cancellationToken);
        await cluster.Client.CreateAsync(LeaseAt(cluster), cancellationToken);
        await cluster.UntilAsync("known", () => cluster.Find<V1Node>("a", "")!.Spec.PodCIDR is not null, cancellationToken);
        for (var beat = 0; beat < 5; beat++)
        {
            cluster.Advance(TimeSpan.FromSeconds(20));
            await cluster.ChangeAsync<V1Lease>(
                new ObjectKey("kube-node-lease", "a"),
                lease => lease.Spec.RenewTime = cluster.Time.GetUtcNow().UtcDateTime,
                cancellationToken);
            await cluster.UntilAsync("ready", () => ReadyOf(cluster) == "True", cancellationToken);
        }

        await SilenceAsync(cluster, cancellationToken);
        await cluster.UntilAsync("tainted", () => TaintsOf(cluster).SequenceEqual([Unreachable[1]]), cancellationToken);
        await cluster.ChangeAsync<V1Node>(
            ObjectKey.Cluster("a"),
            node => node.Status.Conditions =
                [new V1NodeCondition { Type = "Ready", Status = "True", LastHeartbeatTime = cluster.Time.GetUtcNow().UtcDateTime }],
            cancellationToken,
            "status");

        await cluster.UntilAsync("no taints", () => !TaintsOf(cluster).Any(), cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_pod_leaves_an_unreachable_node_when_its_toleration_runs_out(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(
            Objects.Node("a", change: node => node.Status.Conditions = [new V1NodeCondition { Type = "Ready", Status = "False" }]),
            cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("b"), cancellationToken);
        var name = await RunningPodAsync(cluster, cancellationToken, pod => pod.Spec.Tolerations =
            [new V1Toleration { Key = NotReady, OperatorProperty = "Exists", Effect = "NoExecute", TolerationSeconds = 15 }]);
        await cluster.UntilAsync("tainted", () => TaintsOf(cluster).Count() == 2, cancellationToken);

        // No longer than the other node may be silent: with both lost, nobody would have to leave.
        cluster.Advance(TimeSpan.FromSeconds(10));
        await cluster.UntilAsync("it stays", () => !cluster.Find<V1Pod>(name)!.IsDeleting(), cancellationToken);
        cluster.Advance(TimeSpan.FromSeconds(6));

        await cluster.UntilAsync("it leaves", () => cluster.Find<V1Pod>(name)!.IsDeleting(), cancellationToken);
        Assert.That(
            cluster.Find<V1Pod>(name)!.Status.Conditions.Single(one => one.Type == "DisruptionTarget").Reason,
            Is.EqualTo("DeletionByTaintManager"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Pods_of_a_deleted_node_are_removed_after_a_while(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("a"), cancellationToken);
        var name = await RunningPodAsync(cluster, cancellationToken);
        await cluster.UntilAsync("known", () => cluster.Find<V1Node>("a", "")!.Spec.PodCIDR is not null, cancellationToken);

        await cluster.Client.DeleteAsync<V1Node>(ObjectKey.Cluster("a"), null, cancellationToken);
        await cluster.UntilAsync("the node is gone", () => cluster.Find<V1Node>("a", "") is null, cancellationToken);
        Assert.That(cluster.Find<V1Pod>(name), Is.Not.Null);

        await cluster.Time.AdvanceUntilAsync(
            "removed", TimeSpan.FromSeconds(1), () => cluster.Find<V1Pod>(name) is null, cancellationToken);
    }

    [TestCase(null, ExpectedResult = "null")]
    [TestCase(0L, ExpectedResult = "0")]
    [TestCase(60L, ExpectedResult = "60")]
    public string A_toleration_says_how_long_a_pod_stays(long? seconds)
    {
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var taint = new V1Taint { Key = "k", Effect = "NoExecute", TimeAdded = now.UtcDateTime };
        var pod = Objects.Pod("p", pod => pod.Spec.Tolerations =
            [new V1Toleration { Key = "k", OperatorProperty = "Exists", TolerationSeconds = seconds }]);

        var at = EvictionPlanner.LeavesAt(pod, [taint], now);

        return at is null ? "null" : $"{(at.Value - now).TotalSeconds}";
    }

    private static Task SilenceAsync(ControllerCluster cluster, CancellationToken cancellationToken)
        => cluster.Time.AdvanceUntilAsync(
            "unknown", TimeSpan.FromSeconds(1), () => ReadyOf(cluster) == "Unknown", cancellationToken);

    private static async Task<string> RunningPodAsync(
        ControllerCluster cluster, CancellationToken cancellationToken, Action<V1Pod>? change = null)
    {
        var pod = await cluster.Client.CreateAsync(
            Objects.Pod("web", pod =>
            {
                pod.Spec.NodeName = "a";
                pod.Spec.Tolerations = [new V1Toleration { OperatorProperty = "Exists" }];
                change?.Invoke(pod);
            }),
            cancellationToken);
        await cluster.SetPodAsync(pod.Key(), "Running", ready: true, cancellationToken);
        return pod.Metadata.Name;
    }

    private static V1Lease LeaseAt(ControllerCluster cluster) => new()
    {
        Metadata = new V1ObjectMeta { Name = "a", NamespaceProperty = "kube-node-lease" },
        Spec = new V1LeaseSpec { HolderIdentity = "a", RenewTime = cluster.Time.GetUtcNow().UtcDateTime },
    };

    private static string? ReadyOf(ControllerCluster cluster)
        => cluster.Find<V1Node>("a", "")?.Status.Conditions.FirstOrDefault(one => one.Type == "Ready")?.Status;

    private static IEnumerable<string> TaintsOf(ControllerCluster cluster)
        => (cluster.Find<V1Node>("a", "")?.Spec.Taints ?? []).Select(taint => $"{taint.Key} {taint.Effect}").Order();
}
