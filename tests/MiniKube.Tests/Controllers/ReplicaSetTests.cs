using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class ReplicaSetTests
{
    [Test, CancelAfter(20_000)]
    public async Task A_set_gets_as_many_pods_as_it_asks_for_and_reports_them(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);

        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 3), cancellationToken);
        await cluster.UntilAsync("three replicas", () => StatusOf(cluster)?.Replicas == 3, cancellationToken);
        await cluster.RunPodsAsync(cancellationToken);
        await cluster.UntilAsync("three available", () => StatusOf(cluster)?.AvailableReplicas == 3, cancellationToken);

        var pod = cluster.All<V1Pod>()[0];
        Assert.That(cluster.All<V1Pod>(), Has.Count.EqualTo(3));
        Assert.That(pod.Metadata.Name, Does.StartWith("web-"));
        Assert.That(pod.ControllerRef()!.Kind, Is.EqualTo("ReplicaSet"));
        Assert.That(StatusOf(cluster)!.FullyLabeledReplicas, Is.EqualTo(3));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_thousand_pods_are_created_and_not_one_more(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);

        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 1_000), cancellationToken);
        await cluster.UntilAsync("all replicas", () => StatusOf(cluster)?.Replicas == 1_000, cancellationToken);

        Assert.That(cluster.All<V1Pod>(), Has.Count.EqualTo(1_000));
    }

    [Test, CancelAfter(20_000)]
    public async Task Scaling_down_takes_the_pods_that_are_not_ready_first(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 4), cancellationToken);
        await cluster.UntilAsync("four replicas", () => StatusOf(cluster)?.Replicas == 4, cancellationToken);
        var ready = cluster.All<V1Pod>().Take(2).Select(pod => pod.Key()).ToList();
        await cluster.RunPodsAsync(cancellationToken, pod => ready.Contains(pod.Key()));
        await cluster.UntilAsync("two ready", () => StatusOf(cluster)?.ReadyReplicas == 2, cancellationToken);

        await cluster.ChangeAsync<V1ReplicaSet>(Key, set => set.Spec.Replicas = 2, cancellationToken);
        await cluster.UntilAsync("two replicas", () => StatusOf(cluster)?.Replicas == 2, cancellationToken);

        Assert.That(cluster.All<V1Pod>().Select(pod => pod.Key()), Is.EquivalentTo(ready));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_pod_that_failed_is_replaced(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 1), cancellationToken);
        await cluster.UntilAsync("one replica", () => StatusOf(cluster)?.Replicas == 1, cancellationToken);
        var first = cluster.All<V1Pod>().Single();

        await cluster.SetPodAsync(first.Key(), "Failed", ready: false, cancellationToken);
        await cluster.UntilAsync("a second pod", () => cluster.All<V1Pod>().Count == 2, cancellationToken);

        Assert.That(cluster.All<V1Pod>().Count(pod => pod.Status?.Phase == "Failed"), Is.EqualTo(1));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_orphan_that_matches_is_adopted_and_one_that_stops_matching_is_let_go(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        var orphan = await cluster.Client.CreateAsync(
            Objects.Pod("orphan", pod => pod.Metadata.Labels["app"] = "web"), cancellationToken);
        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 1), cancellationToken);
        await cluster.UntilAsync(
            "adopted", () => cluster.Find<V1Pod>("orphan")!.ControllerRef()?.Name == "web", cancellationToken);

        await cluster.ChangeAsync<V1Pod>(orphan.Key(), pod => pod.Metadata.Labels["app"] = "other", cancellationToken);
        await cluster.UntilAsync("a pod in its place", () => cluster.All<V1Pod>().Count == 2, cancellationToken);

        await cluster.UntilAsync("let go", () => cluster.Find<V1Pod>("orphan")!.ControllerRef() is null, cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_ready_pod_is_available_only_after_its_ready_seconds(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(
            Workloads.ReplicaSet("web", 1, set => set.Spec.MinReadySeconds = 1_000), cancellationToken);
        await cluster.UntilAsync("one replica", () => StatusOf(cluster)?.Replicas == 1, cancellationToken);
        await cluster.RunPodsAsync(cancellationToken);
        await cluster.UntilAsync("ready", () => StatusOf(cluster)?.ReadyReplicas == 1, cancellationToken);

        var before = StatusOf(cluster)!.AvailableReplicas ?? 0;
        cluster.Advance(TimeSpan.FromSeconds(1_000));
        await cluster.UntilAsync("available", () => StatusOf(cluster)?.AvailableReplicas == 1, cancellationToken);

        Assert.That(before, Is.Zero);
    }

    [Test, CancelAfter(20_000)]
    public async Task Creating_and_deleting_pods_is_told_in_events(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.ReplicaSet("web", 1), cancellationToken);
        await cluster.UntilAsync("one replica", () => StatusOf(cluster)?.Replicas == 1, cancellationToken);
        var name = cluster.All<V1Pod>().Single().Metadata.Name;
        await cluster.ChangeAsync<V1ReplicaSet>(Key, set => set.Spec.Replicas = 0, cancellationToken);

        await cluster.UntilAsync("both events", () => cluster.All<Corev1Event>().Count == 2, cancellationToken);

        Assert.That(
            cluster.All<Corev1Event>().Select(item => $"{item.Type} {item.Reason} {item.Message}"),
            Is.EquivalentTo(new[] { $"Normal SuccessfulCreate Created pod: {name}", $"Normal SuccessfulDelete Deleted pod: {name}" }));
    }

    private static ObjectKey Key => new("default", "web");

    private static V1ReplicaSetStatus? StatusOf(ControllerCluster cluster) => cluster.Find<V1ReplicaSet>("web")?.Status;
}
