using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class DeploymentTests
{
    private static ObjectKey Key => new("default", "web");

    [Test, CancelAfter(30_000)]
    public async Task A_new_deployment_becomes_available_and_says_so(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);

        await DeployAsync(cluster, 3, cancellationToken);

        var set = cluster.All<V1ReplicaSet>().Single();
        var deployment = cluster.Find<V1Deployment>("web")!;
        Assert.That(set.Metadata.Name, Is.EqualTo($"web-{set.Metadata.Labels["pod-template-hash"]}"));
        Assert.That(set.Metadata.Annotations["deployment.kubernetes.io/revision"], Is.EqualTo("1"));
        Assert.That(deployment.Metadata.Annotations["deployment.kubernetes.io/revision"], Is.EqualTo("1"));
        Assert.That(
            deployment.Status.Conditions.Select(one => $"{one.Type} {one.Status} {one.Reason}"),
            Is.EquivalentTo(new[] { "Available True MinimumReplicasAvailable", "Progressing True NewReplicaSetAvailable" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_rolling_update_never_leaves_its_bounds(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await DeployAsync(cluster, 10, cancellationToken);

        await SetImageAsync(cluster, "v2", cancellationToken);
        while (!IsComplete(cluster))
        {
            var wanted = cluster.All<V1ReplicaSet>().Sum(set => set.Spec.Replicas);
            var ready = cluster.All<V1Pod>().Count(ControllerCluster.IsReady);
            Assert.That(wanted, Is.LessThanOrEqualTo(13), "10 and a surge of 25 % rounded up");
            Assert.That(ready, Is.GreaterThanOrEqualTo(8), "10 less 25 % rounded down");
            await cluster.RunPodsAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(1), cancellationToken);
            cluster.Advance(TimeSpan.FromMilliseconds(5));
            cancellationToken.ThrowIfCancellationRequested();
        }

        Assert.That(cluster.All<V1Pod>().Select(pod => pod.Spec.Containers[0].Image), Is.All.EqualTo("minikube/testbox:v2"));
        Assert.That(cluster.All<V1Pod>(), Has.Count.EqualTo(10));
    }

    [Test, CancelAfter(30_000)]
    public async Task Going_back_to_an_earlier_template_uses_its_set_again_under_a_new_revision(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await DeployAsync(cluster, 2, cancellationToken);
        var first = cluster.All<V1ReplicaSet>().Single();
        await SetImageAsync(cluster, "v2", cancellationToken);
        await CompleteAsync(cluster, cancellationToken);

        await SetImageAsync(cluster, "v1", cancellationToken);
        await CompleteAsync(cluster, cancellationToken);

        var again = cluster.Find<V1ReplicaSet>(first.Metadata.Name)!;
        Assert.That(again.Metadata.Uid, Is.EqualTo(first.Metadata.Uid));
        Assert.That(again.Spec.Replicas, Is.EqualTo(2));
        Assert.That(again.Metadata.Annotations["deployment.kubernetes.io/revision"], Is.EqualTo("3"));
        Assert.That(again.Metadata.Annotations["deployment.kubernetes.io/revision-history"], Is.EqualTo("1"));
        Assert.That(cluster.All<V1ReplicaSet>(), Has.Count.EqualTo(2));
    }

    [Test, CancelAfter(30_000)]
    public async Task Revisions_beyond_the_history_limit_are_deleted(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await DeployAsync(cluster, 1, cancellationToken, deployment => deployment.Spec.RevisionHistoryLimit = 1);

        foreach (var tag in new[] { "v2", "v3", "v4" })
        {
            await SetImageAsync(cluster, tag, cancellationToken);
            await CompleteAsync(cluster, cancellationToken);
        }

        await cluster.UntilAsync("two sets are left", () => cluster.All<V1ReplicaSet>().Count == 2, cancellationToken);
        Assert.That(
            cluster.All<V1ReplicaSet>().Select(set => set.Metadata.Annotations["deployment.kubernetes.io/revision"]),
            Is.EquivalentTo(new[] { "3", "4" }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Recreate_starts_no_new_pod_before_the_last_old_one_is_gone(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await DeployAsync(cluster, 2, cancellationToken, deployment =>
            deployment.Spec.Strategy = new V1DeploymentStrategy { Type = "Recreate" });
        foreach (var pod in cluster.All<V1Pod>())
        {
            await cluster.Client.BindAsync(pod.Key(), null, "n1", cancellationToken);
        }

        await SetImageAsync(cluster, "v2", cancellationToken);
        await cluster.UntilAsync("old pods are ending", () => cluster.All<V1Pod>().All(pod => pod.IsDeleting()), cancellationToken);
        Assert.That(cluster.All<V1ReplicaSet>(), Has.Count.EqualTo(1));

        foreach (var pod in cluster.All<V1Pod>())
        {
            await cluster.Client.DeleteAsync<V1Pod>(pod.Key(), new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);
        }

        await CompleteAsync(cluster, cancellationToken);
        Assert.That(cluster.All<V1Pod>().Select(pod => pod.Spec.Containers[0].Image), Is.All.EqualTo("minikube/testbox:v2"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_paused_deployment_scales_but_does_not_roll(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await DeployAsync(cluster, 2, cancellationToken);

        await cluster.ChangeAsync<V1Deployment>(
            Key,
            deployment =>
            {
                deployment.Spec.Paused = true;
                deployment.Spec.Replicas = 4;
                deployment.Spec.Template = Workloads.TemplateOf("web", "v2");
            },
            cancellationToken);
        await cluster.UntilAsync("four pods", () => cluster.All<V1Pod>().Count == 4, cancellationToken);
        await cluster.UntilAsync(
            "paused", () => Condition(cluster, "Progressing")?.Reason == "DeploymentPaused", cancellationToken);
        Assert.That(cluster.All<V1ReplicaSet>(), Has.Count.EqualTo(1));

        await cluster.ChangeAsync<V1Deployment>(Key, deployment => deployment.Spec.Paused = false, cancellationToken);
        await CompleteAsync(cluster, cancellationToken);
        Assert.That(cluster.All<V1ReplicaSet>(), Has.Count.EqualTo(2));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_rollout_without_progress_is_given_up_on_at_its_deadline(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.Deployment("web", 2), cancellationToken);
        await cluster.UntilAsync("progressing", () => Condition(cluster, "Progressing")?.Status == "True", cancellationToken);
        await cluster.UntilAsync("replicas are counted", () => cluster.Find<V1Deployment>("web")!.Status.Replicas == 2, cancellationToken);

        cluster.Advance(TimeSpan.FromSeconds(602));
        await cluster.UntilAsync(
            "given up", () => Condition(cluster, "Progressing")?.Reason == "ProgressDeadlineExceeded", cancellationToken);

        Assert.That(Condition(cluster, "Progressing")!.Status, Is.EqualTo("False"));
        Assert.That(Condition(cluster, "Available")!.Status, Is.EqualTo("False"));
    }

    [Test, CancelAfter(30_000)]
    public async Task Scaling_is_told_in_events_as_kubectl_shows_them(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await DeployAsync(cluster, 2, cancellationToken);
        await cluster.ChangeAsync<V1Deployment>(Key, deployment => deployment.Spec.Replicas = 5, cancellationToken);

        await cluster.UntilAsync("five pods", () => cluster.All<V1Pod>().Count == 5, cancellationToken);
        var set = cluster.All<V1ReplicaSet>().Single().Metadata.Name;

        await cluster.UntilAsync(
            "both events",
            () => new[] { $"Scaled up replica set {set} from 0 to 2", $"Scaled up replica set {set} from 2 to 5" }
                .All(message => cluster.All<Corev1Event>().Any(item => item.Message == message)),
            cancellationToken);
    }

    private static async Task DeployAsync(
        ControllerCluster cluster, int replicas, CancellationToken cancellationToken, Action<V1Deployment>? change = null)
    {
        await cluster.Client.CreateAsync(Workloads.Deployment("web", replicas, change), cancellationToken);
        await CompleteAsync(cluster, cancellationToken);
    }

    private static async Task SetImageAsync(ControllerCluster cluster, string tag, CancellationToken cancellationToken)
        => await cluster.ChangeAsync<V1Deployment>(
            Key, deployment => deployment.Spec.Template = Workloads.TemplateOf("web", tag), cancellationToken);

    private static async Task CompleteAsync(ControllerCluster cluster, CancellationToken cancellationToken)
        => await cluster.UntilAsync(
            "the rollout is complete",
            () =>
            {
                cluster.RunPodsAsync(cancellationToken).Wait(cancellationToken);
                return IsComplete(cluster);
            },
            cancellationToken);

    private static bool IsComplete(ControllerCluster cluster)
    {
        var deployment = cluster.Find<V1Deployment>("web")!;
        var status = deployment.Status;
        return status?.ObservedGeneration == deployment.Metadata.Generation
            && status?.UpdatedReplicas == deployment.Spec.Replicas
            && status?.AvailableReplicas == deployment.Spec.Replicas
            && status?.Replicas == deployment.Spec.Replicas
            && Condition(cluster, "Progressing")?.Reason == "NewReplicaSetAvailable";
    }

    private static V1DeploymentCondition? Condition(ControllerCluster cluster, string type)
        => cluster.Find<V1Deployment>("web")?.Status?.Conditions?.FirstOrDefault(one => one.Type == type);
}
