using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

/// <summary>Volumes and claims are removed when nobody uses them, not before.</summary>
public sealed class StorageProtectionTests
{
    private static readonly ObjectKey Key = new("default", "data");

    [Test, CancelAfter(20_000)]
    public async Task A_claim_goes_with_the_last_pod_on_a_node_that_uses_it(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Claim(), cancellationToken);

        await cluster.UntilAsync(
            "the claim is protected",
            () => cluster.Find<V1PersistentVolumeClaim>("data")?.Metadata.Finalizers?.Contains(StorageFinalizers.Claim) is true,
            cancellationToken);

        await cluster.Client.CreateAsync(User("on-a-node", "n1"), cancellationToken);
        await cluster.Client.CreateAsync(User("on-none", node: null), cancellationToken);

        await cluster.Client.DeleteAsync<V1PersistentVolumeClaim>(Key, null, cancellationToken);
        var held = await cluster.Client.FindAsync<V1PersistentVolumeClaim>(Key, cancellationToken);
        await cluster.Client.DeleteAsync<V1Pod>(
            new ObjectKey("default", "on-a-node"), new V1DeleteOptions { GracePeriodSeconds = 0 }, cancellationToken);

        Assert.That(held?.Metadata.DeletionTimestamp, Is.Not.Null);
        await cluster.UntilAsync("the claim is gone", () => cluster.All<V1PersistentVolumeClaim>().Count == 0, cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_volume_goes_once_it_is_not_bound(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        var key = ObjectKey.Cluster("disk");
        await cluster.Client.CreateAsync(Volume(), cancellationToken);
        await cluster.UntilAsync(
            "the volume is protected",
            () => cluster.Find<V1PersistentVolume>("disk", "")?.Metadata.Finalizers?.Contains(StorageFinalizers.Volume) is true,
            cancellationToken);
        await PhaseAsync(cluster, key, "Bound", cancellationToken);

        await cluster.Client.DeleteAsync<V1PersistentVolume>(key, null, cancellationToken);
        var held = await cluster.Client.FindAsync<V1PersistentVolume>(key, cancellationToken);
        await PhaseAsync(cluster, key, "Released", cancellationToken);

        Assert.That(held?.Metadata.Finalizers, Is.EqualTo(new[] { StorageFinalizers.Volume }));
        await cluster.UntilAsync("the volume is gone", () => cluster.All<V1PersistentVolume>().Count == 0, cancellationToken);
    }

    private static async Task PhaseAsync(ControllerCluster cluster, ObjectKey key, string phase, CancellationToken cancellationToken)
    {
        var seen = await cluster.Client.FindAsync<V1PersistentVolume>(key, cancellationToken);
        await cluster.Client.UpdateWithRetryAsync(
            seen!,
            copy =>
            {
                copy.Status ??= new V1PersistentVolumeStatus();
                copy.Status.Phase = phase;
                return true;
            },
            "status",
            cancellationToken);
    }

    private static V1PersistentVolumeClaim Claim() => new()
    {
        Metadata = new V1ObjectMeta { Name = Key.Name, NamespaceProperty = Key.Namespace },
        Spec = new V1PersistentVolumeClaimSpec
        {
            AccessModes = ["ReadWriteOnce"],
            Resources = new V1VolumeResourceRequirements
            {
                Requests = new Dictionary<string, ResourceQuantity> { ["storage"] = new("1Gi") },
            },
        },
    };

    private static V1PersistentVolume Volume() => new()
    {
        Metadata = new V1ObjectMeta { Name = "disk" },
        Spec = new V1PersistentVolumeSpec
        {
            AccessModes = ["ReadWriteOnce"],
            Capacity = new Dictionary<string, ResourceQuantity> { ["storage"] = new("1Gi") },
            HostPath = new V1HostPathVolumeSource { Path = "/data" },
        },
    };

    private static V1Pod User(string name, string? node) => Objects.Pod(name, pod =>
    {
        pod.Spec.NodeName = node;
        pod.Spec.Volumes =
        [
            new V1Volume
            {
                Name = "data",
                PersistentVolumeClaim = new V1PersistentVolumeClaimVolumeSource { ClaimName = Key.Name },
            },
        ];
    });
}
