using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>API server, controllers and scheduler together.</summary>
public sealed class ControlPlaneTests
{
    private static ObjectKey Web => new("default", "web");

    [Test, CancelAfter(60_000)]
    public async Task A_deployment_becomes_bound_pods_that_its_service_finds(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        await cluster.AddNodesAsync(3, cancellationToken);
        await cluster.Client.CreateAsync(Workloads.Deployment("web", 6), cancellationToken);
        await cluster.Client.CreateAsync(ServiceOf("web"), cancellationToken);

        var pods = await BoundPodsAsync(cluster, 6, cancellationToken);
        foreach (var pod in pods)
        {
            await RunAsync(cluster, pod, cancellationToken);
        }

        await Eventually.HoldsAsync(
            "the deployment is available",
            async () => (await cluster.Client.FindAsync<V1Deployment>(Web, cancellationToken))?.Status?.AvailableReplicas == 6,
            cancellationToken);
        await Eventually.HoldsAsync(
            "six ready endpoints",
            async () => (await ListAsync<V1EndpointSlice>(cluster, cancellationToken))
                .Where(slice => slice.Metadata.Labels.TryGetValue("kubernetes.io/service-name", out var name) && name == "web")
                .SelectMany(slice => slice.Endpoints ?? [])
                .Count(endpoint => endpoint.Conditions.Ready == true) == 6,
            cancellationToken);
        Assert.That(pods.CountBy(pod => pod.Spec.NodeName).Select(entry => entry.Value), Is.All.EqualTo(2));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_new_template_replaces_the_pods_and_undo_brings_the_first_set_back(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        await cluster.AddNodesAsync(2, cancellationToken);
        var created = await cluster.Client.CreateAsync(Workloads.Deployment("web", 3), cancellationToken);
        await CompleteAsync(cluster, cancellationToken);
        var first = (await ListAsync<V1ReplicaSet>(cluster, cancellationToken)).Single().Metadata.Uid;

        await SetTemplateAsync(cluster, created, "v2", cancellationToken);
        await CompleteAsync(cluster, cancellationToken);
        await SetTemplateAsync(cluster, created, "v1", cancellationToken);
        await CompleteAsync(cluster, cancellationToken);

        var sets = await ListAsync<V1ReplicaSet>(cluster, cancellationToken);
        Assert.That(sets, Has.Count.EqualTo(2));
        Assert.That(sets.Single(set => set.Spec.Replicas == 3).Metadata.Uid, Is.EqualTo(first));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_deleted_namespace_goes_with_everything_in_it(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var home = await cluster.Client.CreateAsync(
            new V1Namespace { Metadata = new V1ObjectMeta { Name = "team" } }, cancellationToken);
        var deployment = Workloads.Deployment("web", 5);
        deployment.Metadata.NamespaceProperty = "team";
        await cluster.Client.CreateAsync(deployment, cancellationToken);
        await Eventually.HoldsAsync(
            "five pods",
            async () => (await cluster.Client.ListAsync<V1Pod>(new ObjectQuery("team"), cancellationToken)).Items.Count == 5,
            cancellationToken);

        await cluster.Client.DeleteAsync<V1Namespace>(home.Key(), null, cancellationToken);

        await Eventually.GetsAsync(
            "the namespace is gone",
            async () => Describe(await cluster.Client.FindAsync<V1Namespace>(home.Key(), cancellationToken)),
            static seen => seen.Length == 0,
            cancellationToken);
        Assert.That((await cluster.Client.ListAsync<V1Pod>(new ObjectQuery("team"), cancellationToken)).Items, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_quota_tells_what_is_used_of_it_as_objects_come_and_go(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(
            new V1ResourceQuota
            {
                Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default" },
                Spec = new V1ResourceQuotaSpec
                {
                    Hard = new Dictionary<string, ResourceQuantity> { ["pods"] = new("4"), ["count/deployments.apps"] = new("2") },
                },
            },
            cancellationToken);

        await cluster.Client.CreateAsync(Workloads.Deployment("web", 6), cancellationToken);
        await UsedIsAsync("pods", "4");
        await UsedIsAsync("count/deployments.apps", "1");
        await cluster.Client.DeleteAsync<V1Deployment>(
            Web, new V1DeleteOptions { PropagationPolicy = "Foreground" }, cancellationToken);

        await UsedIsAsync("pods", "0");
        await UsedIsAsync("count/deployments.apps", "0");

        Task UsedIsAsync(string name, string amount) => Eventually.GetsAsync(
            $"{amount} of {name} are used",
            async () => (await cluster.Client.FindAsync<V1ResourceQuota>(Web, cancellationToken))?.Status?.Used?[name].ToString(),
            used => used == amount,
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_deleted_deployment_takes_its_sets_and_pods_along(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Workloads.Deployment("web", 20), cancellationToken);
        await Eventually.HoldsAsync(
            "twenty pods", async () => (await ListAsync<V1Pod>(cluster, cancellationToken)).Count == 20, cancellationToken);

        await cluster.Client.DeleteAsync<V1Deployment>(
            Web, new V1DeleteOptions { PropagationPolicy = "Foreground" }, cancellationToken);

        await Eventually.HoldsAsync(
            "the deployment is gone",
            async () => await cluster.Client.FindAsync<V1Deployment>(Web, cancellationToken) is null,
            cancellationToken);
        Assert.That(await ListAsync<V1ReplicaSet>(cluster, cancellationToken), Is.Empty);
        Assert.That(await ListAsync<V1Pod>(cluster, cancellationToken), Is.Empty);
    }

    private static async Task<IReadOnlyList<V1Pod>> BoundPodsAsync(
        ControlPlaneCluster cluster, int count, CancellationToken cancellationToken)
        => await Eventually.GetsAsync(
            $"{count} bound pods",
            () => ListAsync<V1Pod>(cluster, cancellationToken),
            pods => pods.Count == count && pods.All(pod => !string.IsNullOrEmpty(pod.Spec.NodeName)),
            cancellationToken);

    private static string Describe(V1Namespace? home)
        => home is null ? "" : System.Text.Encoding.UTF8.GetString(ObjectJson.Encode(home));

    // What node agents would do: end what is to end, and say of the rest that it runs.
    private static async Task CompleteAsync(ControlPlaneCluster cluster, CancellationToken cancellationToken)
        => await Eventually.HoldsAsync(
            "the rollout is complete",
            async () =>
            {
                foreach (var pod in (await ListAsync<V1Pod>(cluster, cancellationToken)).Where(pod => pod.Spec.NodeName is not null))
                {
                    await (pod.IsDeleting() ? EndAsync(cluster, pod, cancellationToken) : RunAsync(cluster, pod, cancellationToken));
                }

                var deployment = await cluster.Client.FindAsync<V1Deployment>(Web, cancellationToken);
                return deployment?.Status is { } status
                    && status.ObservedGeneration == deployment.Metadata.Generation
                    && status.UpdatedReplicas == 3
                    && status.Replicas == 3
                    && status.AvailableReplicas == 3;
            },
            cancellationToken);

    private static async Task SetTemplateAsync(
        ControlPlaneCluster cluster, V1Deployment seen, string tag, CancellationToken cancellationToken)
        => await cluster.Client.UpdateWithRetryAsync(
            seen,
            copy =>
            {
                copy.Spec.Template.Spec.Containers[0].Image = $"minikube/testbox:{tag}";
                return true;
            },
            subresource: null,
            cancellationToken);

    private static async Task RunAsync(ControlPlaneCluster cluster, V1Pod pod, CancellationToken cancellationToken)
        => await cluster.Client.UpdateWithRetryAsync(
            pod,
            copy =>
            {
                if (ControllerCluster.IsReady(copy))
                {
                    return false;
                }

                copy.Status.Phase = "Running";
                copy.Status.PodIP = $"10.42.{Math.Abs(copy.Metadata.Uid.GetHashCode(StringComparison.Ordinal)) % 250}.9";
                copy.Status.PodIPs = [new V1PodIP { Ip = copy.Status.PodIP }];
                copy.Status.Conditions =
                [
                    .. (copy.Status.Conditions ?? []).Where(condition => condition.Type != "Ready"),
                    new V1PodCondition { Type = "Ready", Status = "True", LastTransitionTime = DateTime.UnixEpoch },
                ];
                return true;
            },
            "status",
            cancellationToken);

    private static async Task EndAsync(ControlPlaneCluster cluster, V1Pod pod, CancellationToken cancellationToken)
        => await cluster.Client.DeleteAsync<V1Pod>(
            pod.Key(), new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);

    private static async Task<IReadOnlyList<T>> ListAsync<T>(ControlPlaneCluster cluster, CancellationToken cancellationToken)
        where T : class, k8s.IKubernetesObject<V1ObjectMeta>
        => (await cluster.Client.ListAsync<T>(new ObjectQuery("default"), cancellationToken)).Items;

    private static V1Service ServiceOf(string app) => new()
    {
        Metadata = new V1ObjectMeta { Name = app, NamespaceProperty = "default" },
        Spec = new V1ServiceSpec
        {
            Selector = new Dictionary<string, string> { ["app"] = app },
            Ports = [new V1ServicePort { Port = 80, TargetPort = 8080 }],
        },
    };
}
