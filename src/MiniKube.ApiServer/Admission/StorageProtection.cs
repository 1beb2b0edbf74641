using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Volumes and claims are not removed while they are used: each gets a finalizer when it is made, which a controller takes away.
/// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection
/// </summary>
internal sealed class StorageProtection : IAdmission
{
    public string Name => "StorageObjectInUseProtection";

    public bool MayChange(ResourceDefinition definition) => definition is PersistentVolumeClaimResource or PersistentVolumeResource;

    public ValueTask AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        if (request is { Operation: Verb.Create, Subresource: "" })
        {
            switch (request.Object)
            {
                case V1PersistentVolumeClaim claim:
                    Add(claim.Metadata, StorageFinalizers.Claim);
                    break;
                case V1PersistentVolume volume:
                    Add(volume.Metadata, StorageFinalizers.Volume);
                    break;
            }
        }

        return ValueTask.CompletedTask;
    }

    private static void Add(V1ObjectMeta metadata, string finalizer)
    {
        if (metadata.Finalizers?.Contains(finalizer) is not true)
        {
            metadata.Finalizers = [.. metadata.Finalizers ?? [], finalizer];
        }
    }
}
