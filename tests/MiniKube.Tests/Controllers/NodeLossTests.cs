using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

/// <summary>What is decided when nodes are lost: how fast their pods leave, and which are removed without them.</summary>
public sealed class NodeLossTests
{
    [TestCase(3, 3, ExpectedResult = 0.1)]
    [TestCase(2, 3, ExpectedResult = 0.1)]
    [TestCase(1, 3, ExpectedResult = 0.1)]
    [TestCase(2, 5, ExpectedResult = 0)]
    [TestCase(0, 3, ExpectedResult = 0)]
    [TestCase(20, 60, ExpectedResult = 0.01)]
    public double Pods_leave_more_slowly_the_more_of_the_cluster_is_gone(int ready, int all)
        => ZonePlanner.Plan([.. Enumerable.Range(0, all).Select(number => Node($"n{number}", number < ready))]).PerSecond["/"];

    [Test]
    public void A_zone_that_is_gone_whole_is_left_while_another_is_well()
    {
        var rates = ZonePlanner.Plan(
            [Node("a", isReady: false, "east"), Node("b", isReady: false, "east"), Node("c", isReady: true, "west")]);

        Assert.That((rates.IsAllDown, rates.PerSecond["/east"]), Is.EqualTo((false, 0.1)));
    }

    [Test, CancelAfter(20_000)]
    public async Task Nodes_of_a_zone_lose_their_pods_ten_seconds_apart(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        await using var clock = new AwakeClock(time);
        await clock.StartAsync(cancellationToken);
        var nodes = new[] { Node("a", isReady: false), Node("b", isReady: false), Node("c", isReady: true) };
        var (pace, rates) = (new EvictionPace(clock), ZonePlanner.Plan(nodes));

        var first = pace.TakeTurn(nodes[0], rates);
        var second = pace.TakeTurn(nodes[1], rates);
        time.Advance(TimeSpan.FromSeconds(4));

        Assert.That(
            new[] { first, second, pace.TakeTurn(nodes[1], rates) },
            Is.EqualTo(new TimeSpan?[] { TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(6) }));
    }

    [Test, CancelAfter(20_000)]
    public async Task Time_in_which_the_process_stood_still_makes_nobody_late(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        await using var clock = new AwakeClock(time);
        await clock.StartAsync(cancellationToken);

        time.Advance(TimeSpan.FromHours(3));
        var afterTheStop = clock.Elapsed;
        for (var second = 0; second < 30; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            _ = clock.Elapsed;
        }

        Assert.That(afterTheStop, Is.EqualTo(TimeSpan.FromSeconds(5)));
        Assert.That(clock.Elapsed - afterTheStop, Is.EqualTo(TimeSpan.FromSeconds(30)));
    }

    [Test]
    public void A_pod_without_anybody_to_end_it_is_garbage()
    {
        var bound = Objects.Pod("p", pod => pod.Spec.NodeName = "a");
        var ending = Ending(Objects.Pod("p", pod => pod.Spec.NodeName = "a"));
        var outOfService = Node("a", isReady: false);
        outOfService.Spec.Taints = [new V1Taint { Key = "node.kubernetes.io/out-of-service", Effect = "NoExecute" }];

        Assert.That(PodGarbagePlanner.Judge(bound, null), Is.EqualTo(PodGarbage.NodeGone));
        Assert.That(PodGarbagePlanner.Judge(ending, Node("a", isReady: false)), Is.EqualTo(PodGarbage.None));
        Assert.That(PodGarbagePlanner.Judge(ending, outOfService), Is.EqualTo(PodGarbage.OutOfService));
        Assert.That(PodGarbagePlanner.Judge(bound, outOfService), Is.EqualTo(PodGarbage.None));
        Assert.That(PodGarbagePlanner.Judge(Ending(Objects.Pod("p")), null), Is.EqualTo(PodGarbage.NeverScheduled));
        Assert.That(PodGarbagePlanner.Judge(Objects.Pod("p"), null), Is.EqualTo(PodGarbage.None));
    }

    [Test]
    public void Of_too_many_finished_pods_evicted_ones_go_first_and_then_the_oldest()
    {
        var pods = new[] { Finished("young", 3), Finished("old", 1), Finished("evicted", 9, "Evicted"), Objects.Pod("running") };

        Assert.That(PodGarbagePlanner.Surplus(pods, 1).Select(pod => pod.Metadata.Name), Is.EqualTo(new[] { "evicted", "old" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_lost_node_s_pods_are_made_elsewhere_and_stay_there_when_it_returns(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Node("a", isReady: true), cancellationToken);
        await cluster.Client.CreateAsync(Node("b", isReady: true), cancellationToken);
        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 1), cancellationToken);
        await cluster.UntilAsync("a pod", () => cluster.All<V1Pod>().Count == 1, cancellationToken);
        var first = cluster.All<V1Pod>().Single().Key();
        await cluster.Client.BindAsync(first, null, "a", cancellationToken);
        await cluster.SetPodAsync(first, "Running", ready: true, cancellationToken);

        await SayReadyAsync(cluster, "Unknown", cancellationToken);
        await cluster.UntilAsync("it is not ready", () => !ControllerCluster.IsReady(Find(cluster, first)!), cancellationToken);
        await cluster.UntilAsync("another is made", () => cluster.All<V1Pod>().Count == 2, cancellationToken);
        Assert.That(Find(cluster, first)!.IsDeleting(), "it may still run: nobody but its node may say that it ended");
        var second = cluster.All<V1Pod>().Single(pod => pod.Key() != first).Key();
        await cluster.Client.BindAsync(second, null, "b", cancellationToken);
        await SayReadyAsync(cluster, "True", cancellationToken);
        await cluster.EndPodAsync(first, cancellationToken);

        await cluster.UntilAsync("no taints", () => cluster.Find<V1Node>("a", "")!.Spec.Taints is not { Count: > 0 }, cancellationToken);
        await cluster.UntilAsync("the set is content", () => cluster.Find<V1ReplicaSet>("web")!.Status.Replicas == 1, cancellationToken);
        Assert.That(cluster.All<V1Pod>().Single().Key(), Is.EqualTo(second));
    }

    private static V1Pod? Find(ControllerCluster cluster, ObjectKey key) => cluster.Find<V1Pod>(key.Name, key.Namespace);

    private static Task SayReadyAsync(ControllerCluster cluster, string status, CancellationToken cancellationToken)
        => cluster.ChangeAsync<V1Node>(
            ObjectKey.Cluster("a"),
            node => node.Status.Conditions = [new V1NodeCondition { Type = "Ready", Status = status }],
            cancellationToken,
            "status");

    private static V1Node Node(string name, bool isReady, string? zone = null) => Objects.Node(name, change: node =>
    {
        node.Status.Conditions[0].Status = isReady ? "True" : "Unknown";
        if (zone is not null)
        {
            node.Metadata.Labels["topology.kubernetes.io/zone"] = zone;
        }
    });

    private static V1Pod Ending(V1Pod pod)
    {
        pod.Metadata.DeletionTimestamp = DateTime.UnixEpoch;
        return pod;
    }

    private static V1Pod Finished(string name, int createdMinute, string? reason = null) => Objects.Pod(name, pod =>
    {
        pod.Metadata.CreationTimestamp = DateTime.UnixEpoch.AddMinutes(createdMinute);
        pod.Status.Phase = "Failed";
        pod.Status.Reason = reason;
    });
}
