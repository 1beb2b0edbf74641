using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class GarbageCollectorTests
{
    [Test, CancelAfter(20_000)]
    public async Task What_a_deleted_owner_owned_is_deleted_down_to_the_last(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.Deployment("web", 2), cancellationToken);
        await cluster.UntilAsync("two pods", () => cluster.All<V1Pod>().Count == 2, cancellationToken);

        await DeleteDeploymentAsync(cluster, "Background", cancellationToken);

        await cluster.UntilAsync(
            "nothing is left", () => cluster.All<V1ReplicaSet>().Count + cluster.All<V1Pod>().Count == 0, cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task In_the_foreground_the_owner_goes_last(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.Deployment("web", 1), cancellationToken);
        await cluster.UntilAsync("a pod", () => cluster.All<V1Pod>().Count == 1, cancellationToken);
        var pod = cluster.All<V1Pod>().Single();
        await cluster.Client.BindAsync(pod.Key(), null, "node-a", cancellationToken);
        await cluster.Client.CreateAsync(Objects.Node("node-a"), cancellationToken);
        await cluster.UntilAsync(
            "the caches have the pod", () => cluster.All<V1ReplicaSet>().Single().Status?.Replicas == 1, cancellationToken);

        await DeleteDeploymentAsync(cluster, "Foreground", cancellationToken);
        await cluster.UntilAsync("the pod is ending", () => cluster.All<V1Pod>().Single().IsDeleting(), cancellationToken);
        Assert.That(cluster.Find<V1Deployment>("web"), Is.Not.Null, "its pod still has its grace period");
        Assert.That(cluster.All<V1ReplicaSet>(), Is.Not.Empty);

        await cluster.Client.DeleteAsync<V1Pod>(pod.Key(), new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);
        await cluster.UntilAsync("all is gone", () => cluster.Find<V1Deployment>("web") is null, cancellationToken);
        Assert.That(cluster.All<V1ReplicaSet>(), Is.Empty);
    }

    [Test, CancelAfter(20_000)]
    public async Task Orphans_stay_and_forget_their_owner(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.Deployment("web", 1), cancellationToken);
        await cluster.UntilAsync("a pod", () => cluster.All<V1Pod>().Count == 1, cancellationToken);

        await DeleteDeploymentAsync(cluster, "Orphan", cancellationToken);
        await cluster.UntilAsync("the deployment is gone", () => cluster.Find<V1Deployment>("web") is null, cancellationToken);

        Assert.That(cluster.All<V1ReplicaSet>(), Has.Count.EqualTo(1));
        Assert.That(cluster.All<V1ReplicaSet>().Single().Metadata.OwnerReferences, Is.Null.Or.Empty);
        Assert.That(cluster.All<V1Pod>(), Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_object_that_names_an_owner_that_never_was_is_deleted(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);

        await cluster.Client.CreateAsync(Owned("lost", "no-such-uid"), cancellationToken);

        await cluster.UntilAsync("deleted", () => cluster.Find<V1ConfigMap>("lost") is null, cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task An_object_with_one_owner_left_stays_and_forgets_the_others(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        var owner = await cluster.Client.CreateAsync(Objects.ConfigMap("owner"), cancellationToken);
        var item = Owned("kept", owner.Metadata.Uid);
        item.Metadata.OwnerReferences.Add(new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "gone", Uid = "gone" });

        await cluster.Client.CreateAsync(item, cancellationToken);

        await cluster.UntilAsync(
            "one reference is left", () => cluster.Find<V1ConfigMap>("kept")?.Metadata.OwnerReferences.Count == 1, cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task An_owner_of_a_kind_nobody_knows_is_taken_to_be_there(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        var item = Objects.ConfigMap("custom");
        item.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "example.com/v1", Kind = "Thing", Name = "t", Uid = "t" }];

        await cluster.Client.CreateAsync(item, cancellationToken);
        await cluster.Client.CreateAsync(Owned("lost", "no-such-uid"), cancellationToken);
        await cluster.UntilAsync("the other is judged", () => cluster.Find<V1ConfigMap>("lost") is null, cancellationToken);

        Assert.That(cluster.Find<V1ConfigMap>("custom"), Is.Not.Null);
    }

    private static V1ConfigMap Owned(string name, string ownerUid)
    {
        var item = Objects.ConfigMap(name);
        item.Metadata.OwnerReferences = [new V1OwnerReference { ApiVersion = "v1", Kind = "ConfigMap", Name = "owner", Uid = ownerUid }];
        return item;
    }

    private static Task DeleteDeploymentAsync(ControllerCluster cluster, string policy, CancellationToken cancellationToken)
        => cluster.Client.DeleteAsync<V1Deployment>(
            new ObjectKey("default", "web"), new V1DeleteOptions { PropagationPolicy = policy }, cancellationToken);
}
