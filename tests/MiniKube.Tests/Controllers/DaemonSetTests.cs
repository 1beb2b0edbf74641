using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class DaemonSetTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddHours(1);

    [Test, CancelAfter(20_000)]
    public async Task Every_node_that_fits_gets_one_pod_and_new_nodes_get_theirs(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("a"), cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("b", change: Tainted("dedicated", "NoSchedule")), cancellationToken);

        await cluster.Client.CreateAsync(Workloads.DaemonSet("agent"), cancellationToken);
        await cluster.UntilAsync("one pod", () => NodesOf(cluster).SequenceEqual(["a"]), cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("c"), cancellationToken);
        await cluster.UntilAsync("another", () => NodesOf(cluster).SequenceEqual(["a", "c"]), cancellationToken);
        await cluster.RunPodsAsync(cancellationToken);

        await cluster.UntilAsync("status", () => StatusOf(cluster) is { NumberAvailable: 2, DesiredNumberScheduled: 2 }, cancellationToken);
        Assert.That(cluster.All<V1ControllerRevision>(), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_cordoned_node_keeps_its_pod_and_an_unreachable_one_too(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("a", change: node => node.Spec.Unschedulable = true), cancellationToken);
        await cluster.Client.CreateAsync(Workloads.DaemonSet("agent"), cancellationToken);
        await cluster.UntilAsync("one pod", () => NodesOf(cluster).SequenceEqual(["a"]), cancellationToken);

        await cluster.ChangeAsync<V1Node>(
            ObjectKey.Cluster("a"), node => node.Status.Conditions[0].Status = "Unknown", cancellationToken, "status");
        await cluster.UntilAsync("it is noticed", () => StatusOf(cluster)?.NumberMisscheduled == 1, cancellationToken);
        cluster.Advance(TimeSpan.FromMinutes(20));
        await cluster.UntilAsync("the set was looked at again", () => StatusOf(cluster)?.DesiredNumberScheduled == 0, cancellationToken);

        Assert.That(NodesOf(cluster), Is.EqualTo(new[] { "a" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_rolling_update_replaces_one_pod_at_a_time(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        foreach (var node in new[] { "a", "b", "c" })
        {
            await cluster.Client.CreateAsync(Objects.Node(node), cancellationToken);
        }

        await cluster.Client.CreateAsync(Workloads.DaemonSet("agent"), cancellationToken);
        await cluster.RunUntilAsync("all run", () => StatusOf(cluster)?.NumberAvailable == 3, cancellationToken);

        await cluster.ChangeAsync<V1DaemonSet>(
            new ObjectKey("default", "agent"),
            set => set.Spec.Template.Spec.Containers[0].Image = "minikube/testbox:v2",
            cancellationToken);
        await cluster.UntilAsync("one is new", () => TagsOf(cluster).Count(tag => tag == "v2") == 1, cancellationToken);
        Assert.That(TagsOf(cluster).Count(tag => tag == "v1"), Is.EqualTo(2));
        await cluster.RunUntilAsync(
            "all are new",
            () => StatusOf(cluster) is { UpdatedNumberScheduled: 3, NumberAvailable: 3 },
            cancellationToken);

        Assert.That(TagsOf(cluster), Is.EqualTo(new[] { "v2", "v2", "v2" }));
    }

    [Test]
    public void A_pod_is_told_its_node_and_puts_up_with_what_is_wrong_there()
    {
        var set = Workloads.DaemonSet("agent");

        var pod = DaemonPods.Make(set, "a", "hash");

        Assert.That(DaemonPods.NodeOf(pod), Is.EqualTo("a"));
        Assert.That(
            pod.Spec.Tolerations.Select(one => $"{one.Key["node.kubernetes.io/".Length..]}:{one.Effect}"),
            Is.EqualTo(new[]
            {
                "not-ready:NoExecute", "unreachable:NoExecute", "disk-pressure:NoSchedule", "memory-pressure:NoSchedule",
                "pid-pressure:NoSchedule", "unschedulable:NoSchedule",
            }));
    }

    [TestCase("NoSchedule", ExpectedResult = "no pod is made, one may stay")]
    [TestCase("NoExecute", ExpectedResult = "no pod is made, none may stay")]
    [TestCase("PreferNoSchedule", ExpectedResult = "a pod is made, one may stay")]
    public string A_taint_keeps_pods_away_or_drives_them_out(string effect)
    {
        var fit = DaemonFit.Of(Workloads.DaemonSet("agent").Spec.Template.Spec, Objects.Node("a", change: Tainted("k", effect)));

        return $"{(fit.ShouldRun ? "a" : "no")} pod is made, {(fit.MayStay ? "one" : "none")} may stay";
    }

    [Test]
    public void Pods_that_do_not_serve_are_replaced_at_once_and_others_as_far_as_allowed()
    {
        var view = View(set => { }, Pod("a", "old"), Pod("b", "old", isReady: false), Pod("c", "old"), Pod("d", "new"));

        Assert.That(DaemonRollout.Plan(view).Delete.Select(pod => pod.Metadata.Name), Is.EqualTo(new[] { "b-old", "a-old" }));
    }

    [Test]
    public void With_a_surge_the_new_pod_comes_first_and_the_old_one_goes_when_it_serves()
    {
        void Surging(V1DaemonSet set) => set.Spec.UpdateStrategy.RollingUpdate =
            new V1RollingUpdateDaemonSet { MaxSurge = 1, MaxUnavailable = 0 };

        var first = DaemonRollout.Plan(View(Surging, Pod("a", "old"), Pod("b", "old")));
        var during = View(Surging, Pod("a", "old"), Pod("a", "new", isReady: false), Pod("b", "old"));
        var then = DaemonRollout.Plan(View(Surging, Pod("a", "old"), Pod("a", "new"), Pod("b", "old")));

        Assert.That(first.Create, Is.EqualTo(new[] { "a" }));
        Assert.That(DaemonRollout.Plan(during).Create.Concat(DaemonPlanner.Plan(during).Delete.Select(pod => pod.Metadata.Name)), Is.Empty);
        Assert.That(then.Delete.Select(pod => pod.Metadata.Name), Is.EqualTo(new[] { "a-old" }));
    }

    [Test]
    public void A_pod_that_ends_again_and_again_is_made_anew_later_each_time()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var (set, ended) = (Workloads.DaemonSet("agent", set => set.Metadata.Uid = "u"), new EndedPods(time));

        var waits = Enumerable.Range(0, 4).Select(number => ended.WaitOf(set, Pod("a", $"{number}")).TotalSeconds).ToList();

        Assert.That(waits, Is.EqualTo(new[] { 0.0, 1.0, 2.0, 4.0 }));
    }

    private static DaemonView View(Action<V1DaemonSet> change, params V1Pod[] pods)
    {
        var nodes = pods.Select(pod => pod.Spec.NodeName).Distinct().Select(name => Objects.Node(name));
        return DaemonView.Of(Workloads.DaemonSet("agent", change), "new", nodes, pods, Now);
    }

    private static V1Pod Pod(string node, string hash, bool isReady = true) => Objects.Pod($"{node}-{hash}", pod =>
    {
        pod.Metadata.Uid = $"{node}-{hash}";
        pod.Metadata.Labels[DaemonPods.HashLabel] = hash;
        pod.Spec.NodeName = node;
        pod.Status.Phase = "Running";
        pod.Status.Conditions = [new V1PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }];
    });

    private static Action<V1Node> Tainted(string key, string effect)
        => node => node.Spec.Taints = [new V1Taint { Key = key, Effect = effect }];

    private static IEnumerable<string?> NodesOf(ControllerCluster cluster)
        => cluster.All<V1Pod>().Where(pod => !pod.IsDeleting()).Select(DaemonPods.NodeOf).Order();

    private static IEnumerable<string> TagsOf(ControllerCluster cluster)
        => cluster.All<V1Pod>().Select(pod => pod.Spec.Containers[0].Image.Split(':')[1]);

    private static V1DaemonSetStatus? StatusOf(ControllerCluster cluster) => cluster.Find<V1DaemonSet>("agent")?.Status;
}
