using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Lets a claim that is to be deleted go once no pod on a node uses it.</summary>
internal static class ClaimProtectionController
{
    private const string Name = "pvc-protection-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var claims = context.Informer<V1PersistentVolumeClaim>();
        var pods = context.Informer<V1Pod>();
        var reconciler = new ClaimProtectionReconciler(context.ClientFor(Name), claims, pods);
        return context.Loop(Name, reconciler, workers: 1).For(claims).Watches(pods, ClaimProtectionReconciler.ClaimsOf);
    }
}

/// <summary>Keys are claims.</summary>
internal sealed class ClaimProtectionReconciler(
    IApiClient client, Informer<V1PersistentVolumeClaim> claims, Informer<V1Pod> pods) : IReconciler
{
    private readonly ObjectIndex<V1Pod> _users = pods.AddIndex(static pod => ClaimsOf(pod).Select(KeyOf));

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (claims.Find(key) is not { } claim)
        {
            return ReconcileResult.Done;
        }

        // A pod that no node has yet will not start any more: nodes refuse claims that are to be deleted.
        var isUsed = _users[KeyOf(key)].Any(IsOnNode);
        if (!isUsed && claim.Metadata.DeletionTimestamp is not null)
        {
            // The cache may not have heard of the newest pod yet.
            var all = await client.ListAsync<V1Pod>(new ObjectQuery(key.Namespace), cancellationToken);
            isUsed = all.Items.Any(pod => IsOnNode(pod) && ClaimsOf(pod).Contains(key));
        }

        await Finalizers.SettleAsync(client, claim, StorageFinalizers.Claim, isUsed, cancellationToken);
        return ReconcileResult.Done;
    }

    /// <summary>The claims a pod names, and those made for its ephemeral volumes.</summary>
    public static IEnumerable<ObjectKey> ClaimsOf(V1Pod pod) => (pod.Spec?.Volumes ?? [])
        .Select(volume => volume.PersistentVolumeClaim?.ClaimName
            ?? (volume.Ephemeral is null ? null : $"{pod.Metadata.Name}-{volume.Name}"))
        .OfType<string>()
        .Select(name => new ObjectKey(pod.Metadata.NamespaceProperty, name));

    private static bool IsOnNode(V1Pod pod) => !string.IsNullOrEmpty(pod.Spec.NodeName);

    private static string KeyOf(ObjectKey key) => $"{key.Namespace}/{key.Name}";
}
