using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class StatefulSetTests
{
    private static ObjectKey Db => new("default", "db");

    [Test, CancelAfter(20_000)]
    public async Task Pods_come_one_after_another_with_names_that_stay(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);

        await cluster.Client.CreateAsync(Workloads.StatefulSet("db", 3), cancellationToken);
        await cluster.UntilAsync("the first", () => Names(cluster).SequenceEqual(["db-0"]), cancellationToken);
        await cluster.RunPodsAsync(cancellationToken);
        await cluster.UntilAsync("the second", () => Names(cluster).SequenceEqual(["db-0", "db-1"]), cancellationToken);
        await CompleteAsync(cluster, cancellationToken);

        var pod = cluster.Find<V1Pod>("db-2")!;
        Assert.That(pod.Spec.Hostname, Is.EqualTo("db-2"));
        Assert.That(pod.Spec.Subdomain, Is.EqualTo("db"));
        Assert.That(pod.Metadata.Labels["statefulset.kubernetes.io/pod-name"], Is.EqualTo("db-2"));
        Assert.That(pod.Metadata.Labels["apps.kubernetes.io/pod-index"], Is.EqualTo("2"));
        Assert.That(pod.Metadata.Labels["controller-revision-hash"], Is.EqualTo(StatusOf(cluster).UpdateRevision));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_number_is_never_given_twice_even_while_its_pod_cannot_end(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.StatefulSet("db", 2), cancellationToken);
        await CompleteAsync(cluster, cancellationToken);
        var lost = await cluster.ChangeAsync<V1Pod>(
            new ObjectKey("default", "db-1"), pod => pod.Spec.NodeName = "gone", cancellationToken);

        await cluster.Client.DeleteAsync<V1Pod>(lost.Key(), null, cancellationToken);
        await cluster.UntilAsync("terminating", () => cluster.Find<V1Pod>("db-1")!.IsDeleting(), cancellationToken);
        cluster.Advance(TimeSpan.FromHours(1));
        await cluster.UntilAsync("noticed", () => StatusOf(cluster).CurrentReplicas == 1, cancellationToken);
        Assert.That(cluster.Find<V1Pod>("db-1")!.Metadata.Uid, Is.EqualTo(lost.Metadata.Uid));

        await cluster.EndPodAsync(lost.Key(), cancellationToken);
        await cluster.UntilAsync("made anew", () => cluster.Find<V1Pod>("db-1") is not null, cancellationToken);
        Assert.That(cluster.Find<V1Pod>("db-1")!.Metadata.Uid, Is.Not.EqualTo(lost.Metadata.Uid));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_update_goes_from_the_highest_number_down_to_the_partition(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(
            Workloads.StatefulSet("db", 3, set => set.Spec.UpdateStrategy.RollingUpdate.Partition = 1), cancellationToken);
        await CompleteAsync(cluster, cancellationToken);

        await SetTagAsync(cluster, "v2", cancellationToken);
        await cluster.UntilAsync("the highest is new", () => TagOf(cluster, "db-2") == "v2", cancellationToken);
        Assert.That(TagOf(cluster, "db-1"), Is.EqualTo("v1"));
        await cluster.RunPodsAsync(cancellationToken);
        await cluster.UntilAsync("the next is new", () => TagOf(cluster, "db-1") == "v2", cancellationToken);
        await CompleteAsync(cluster, cancellationToken);
        await cluster.EndPodAsync(new ObjectKey("default", "db-0"), cancellationToken);
        await cluster.UntilAsync("below the partition the old one is made anew", () => TagOf(cluster, "db-0") == "v1", cancellationToken);

        var status = StatusOf(cluster);
        Assert.That(status.CurrentRevision, Is.Not.EqualTo(status.UpdateRevision));
    }

    [Test, CancelAfter(20_000)]
    public async Task Going_back_uses_the_revision_there_is_and_gives_it_the_highest_number(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.StatefulSet("db", 1), cancellationToken);
        await CompleteAsync(cluster, cancellationToken);
        var first = StatusOf(cluster).UpdateRevision;

        await SetTagAsync(cluster, "v2", cancellationToken);
        await cluster.UntilAsync("a second revision", () => StatusOf(cluster).UpdateRevision != first, cancellationToken);
        await SetTagAsync(cluster, "v1", cancellationToken);
        await cluster.UntilAsync("the first again", () => StatusOf(cluster).UpdateRevision == first, cancellationToken);

        var numbers = cluster.All<V1ControllerRevision>().ToDictionary(one => one.Metadata.Name, one => one.Revision);
        Assert.That(numbers, Has.Count.EqualTo(2));
        Assert.That(numbers[first], Is.EqualTo(3));
    }

    [Test, CancelAfter(20_000)]
    public async Task Revisions_beyond_the_limit_that_nothing_runs_are_deleted(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(
            Workloads.StatefulSet("db", 1, set => set.Spec.RevisionHistoryLimit = 1), cancellationToken);
        await CompleteAsync(cluster, cancellationToken);

        foreach (var tag in new[] { "v2", "v3", "v4" })
        {
            await SetTagAsync(cluster, tag, cancellationToken);
            await cluster.UntilAsync($"{tag} runs", () => TagOf(cluster, "db-0") == tag, cancellationToken);
            await CompleteAsync(cluster, cancellationToken);
        }

        await cluster.UntilAsync("two are left", () => cluster.All<V1ControllerRevision>().Count == 2, cancellationToken);
        Assert.That(cluster.All<V1ControllerRevision>().Select(one => one.Revision), Is.EquivalentTo(new long[] { 3, 4 }));
    }

    [TestCase("OrderedReady", ExpectedResult = "-0")]
    [TestCase("Parallel", ExpectedResult = "-0 -1 -2")]
    public string How_many_pods_are_made_at_once_is_the_policy(string policy)
        => PlanOf(Set(3, policy), []);

    [TestCase(4, ExpectedResult = "x3")]
    [TestCase(3, ExpectedResult = "")]
    public string Surplus_pods_go_from_the_highest_number(int there)
        => PlanOf(Set(3), Enumerable.Range(0, there).Select(ordinal => Pod(ordinal)));

    [Test]
    public void Nothing_goes_on_while_a_pod_is_not_ready()
    {
        var pods = new[] { Pod(0), Pod(1, isReady: false), Pod(2), Pod(3) };

        Assert.That(PlanOf(Set(3), pods), Is.Empty);
    }

    [Test]
    public void A_pod_that_has_ended_is_replaced()
    {
        var failed = Pod(1);
        failed.Status.Phase = "Failed";

        Assert.That(PlanOf(Set(3), [Pod(0), failed, Pod(2)]), Is.EqualTo("x1"));
    }

    [Test]
    public void On_delete_leaves_pods_of_earlier_templates_alone()
    {
        var set = Set(1);
        set.Spec.UpdateStrategy = new V1StatefulSetUpdateStrategy { Type = "OnDelete" };

        Assert.That(PlanOf(set, [Pod(0, revision: "old")]), Is.Empty);
    }

    [Test]
    public void Numbers_can_start_higher()
    {
        var set = Set(2);
        set.Spec.Ordinals = new V1StatefulSetOrdinals { Start = 5 };

        Assert.That(PlanOf(set, [Pod(5)]), Is.EqualTo("-6"));
        Assert.That(PlanOf(set, [Pod(4), Pod(5), Pod(6)]), Is.EqualTo("x4"));
    }

    private static V1StatefulSet Set(int replicas, string policy = "OrderedReady")
        => Workloads.StatefulSet("db", replicas, set => set.Spec.PodManagementPolicy = policy);

    private static V1Pod Pod(int ordinal, bool isReady = true, string revision = "new") => Objects.Pod($"db-{ordinal}", pod =>
    {
        pod.Metadata.Labels[StatefulPods.RevisionLabel] = revision;
        pod.Status.Phase = "Running";
        pod.Status.Conditions = [new V1PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }];
    });

    // "-1" is made, "x1" is deleted.
    private static string PlanOf(V1StatefulSet set, IEnumerable<V1Pod> pods)
    {
        var plan = StatefulSetPlanner.Plan(set, [.. pods], "new", DateTimeOffset.UnixEpoch);
        var made = plan.Create.Select(one => $"-{one.Ordinal}");
        return string.Join(" ", made.Concat(plan.Delete.Select(pod => $"x{pod.Metadata.Name[3..]}")));
    }

    private static Task CompleteAsync(ControllerCluster cluster, CancellationToken cancellationToken)
        => cluster.RunUntilAsync("the set is complete", () => IsComplete(cluster), cancellationToken);

    private static bool IsComplete(ControllerCluster cluster)
    {
        var set = cluster.Find<V1StatefulSet>("db")!;
        var partition = set.Spec.UpdateStrategy.RollingUpdate.Partition ?? 0;
        return set.Status is { } status
            && status.ObservedGeneration == set.Metadata.Generation
            && status.ReadyReplicas == set.Spec.Replicas
            && (status.UpdatedReplicas ?? 0) >= set.Spec.Replicas - partition;
    }

    private static Task SetTagAsync(ControllerCluster cluster, string tag, CancellationToken cancellationToken)
        => cluster.ChangeAsync<V1StatefulSet>(
            Db, set => set.Spec.Template.Spec.Containers[0].Image = $"minikube/testbox:{tag}", cancellationToken);

    private static IEnumerable<string> Names(ControllerCluster cluster) => cluster.All<V1Pod>().Select(pod => pod.Metadata.Name).Order();

    private static string? TagOf(ControllerCluster cluster, string pod)
        => cluster.Find<V1Pod>(pod)?.Spec.Containers[0].Image.Split(':')[1];

    private static V1StatefulSetStatus StatusOf(ControllerCluster cluster)
        => cluster.Find<V1StatefulSet>("db")!.Status ?? new V1StatefulSetStatus();
}
