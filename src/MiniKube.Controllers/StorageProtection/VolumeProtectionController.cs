using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>Lets a volume that is to be deleted go once it is bound to no claim.</summary>
internal static class VolumeProtectionController
{
    private const string Name = "pv-protection-controller";

    public static ReconcileLoop Create(ControllerContext context)
    {
        var volumes = context.Informer<V1PersistentVolume>();
        return context.Loop(Name, new VolumeProtectionReconciler(context.ClientFor(Name), volumes), workers: 1).For(volumes);
    }
}

/// <summary>Keys are volumes.</summary>
internal sealed class VolumeProtectionReconciler(IApiClient client, Informer<V1PersistentVolume> volumes) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (volumes.Find(key) is { } volume)
        {
            await Finalizers.SettleAsync(
                client, volume, StorageFinalizers.Volume, isUsed: volume.Status?.Phase == "Bound", cancellationToken);
        }

        return ReconcileResult.Done;
    }
}
