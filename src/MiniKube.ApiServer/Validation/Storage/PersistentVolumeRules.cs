using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// PersistentVolumes. https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-v1/
/// </summary>
internal static class PersistentVolumeRules
{
    public static void Validate(V1PersistentVolumeSpec spec, FieldErrors errors)
    {
        AccessModeRules.Validate(spec.AccessModes, "spec.accessModes", errors);
        ValidateCapacity(spec.Capacity ?? new Dictionary<string, ResourceQuantity>(), errors);
        ValidateSource(spec, errors);
        errors.OneOf("spec.persistentVolumeReclaimPolicy", spec.PersistentVolumeReclaimPolicy, "Delete", "Recycle", "Retain");
        errors.OneOf("spec.volumeMode", spec.VolumeMode, "Block", "Filesystem");
        if (!string.IsNullOrEmpty(spec.StorageClassName))
        {
            errors.Invalid("spec.storageClassName", spec.StorageClassName, Names.CheckDnsSubdomain(spec.StorageClassName));
        }

        if (spec.HostPath is { Path: "/" } && spec.PersistentVolumeReclaimPolicy == "Recycle")
        {
            errors.Forbidden("spec.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'");
        }
    }

    public static void ValidateUpdate(V1PersistentVolumeSpec spec, V1PersistentVolumeSpec old, FieldErrors errors)
    {
        if (!JsonChanges.AreEqual(SourceOnly(spec), SourceOnly(old)))
        {
            errors.Forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation");
        }

        errors.Immutable("spec.volumeMode", spec.VolumeMode, old.VolumeMode);
    }

    private static void ValidateCapacity(IDictionary<string, ResourceQuantity> capacity, FieldErrors errors)
    {
        if (capacity.Count == 0)
        {
            errors.Required("spec.capacity");
        }

        if (capacity.Count != 1 || !capacity.ContainsKey("storage"))
        {
            errors.NotSupported("spec.capacity", string.Join(",", capacity.Keys), ["storage"]);
        }

        foreach (var (name, amount) in capacity)
        {
            if (Quantity.Of(amount).Sign <= 0)
            {
                errors.Invalid($"spec.capacity[{name}]", Quantity.Of(amount).ToString(), "must be greater than zero");
            }
        }
    }

    private static void ValidateSource(V1PersistentVolumeSpec spec, FieldErrors errors)
    {
        var sources = VolumeSources.Of(spec).ToList();
        if (sources.Count == 0)
        {
            errors.Required("spec", "must specify a volume type");
        }

        foreach (var surplus in sources.Skip(1))
        {
            errors.Forbidden($"spec.{surplus}", "may not specify more than 1 volume type");
        }

        errors.Required("spec.hostPath.path", spec.HostPath is null ? "unset" : spec.HostPath.Path, "");
        PathRules.ValidateNoParent(spec.HostPath?.Path ?? "", "spec.hostPath.path", errors);
        errors.Required("spec.local.path", spec.Local is null ? "unset" : spec.Local.Path, "");
        if (spec.Local is not null && spec.NodeAffinity?.Required is null)
        {
            errors.Required("spec.nodeAffinity", "Local volume requires node affinity");
        }

        errors.Required("spec.nfs.server", spec.Nfs is null ? "unset" : spec.Nfs.Server, "");
        errors.Required("spec.nfs.path", spec.Nfs is null ? "unset" : spec.Nfs.Path, "");
        errors.Required("spec.csi.driver", spec.Csi is null ? "unset" : spec.Csi.Driver, "");
        errors.Required("spec.csi.volumeHandle", spec.Csi is null ? "unset" : spec.Csi.VolumeHandle, "");
    }

    private static V1PersistentVolumeSpec SourceOnly(V1PersistentVolumeSpec spec) => spec with
    {
        AccessModes = null,
        Capacity = null,
        ClaimRef = null,
        MountOptions = null,
        NodeAffinity = null,
        PersistentVolumeReclaimPolicy = null,
        StorageClassName = null,
        VolumeAttributesClassName = null,
        VolumeMode = null,
    };
}
