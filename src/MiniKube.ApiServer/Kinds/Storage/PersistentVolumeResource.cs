using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class PersistentVolumeResource : ResourceDefinition<V1PersistentVolume>
{
    public PersistentVolumeResource()
        : base(Gvr.Core("v1", "persistentvolumes"), Scope.Cluster, "PersistentVolume")
    {
        ShortNames = ["pv"];
        HasStatus = true;
        ReturnsDeletedObject = true;
        Column("Capacity", volume => StorageTexts.Amount(volume.Spec?.Capacity));
        Column("Access Modes", volume => StorageTexts.AccessModes(volume.Spec?.AccessModes));
        Column("Reclaim Policy", volume => volume.Spec?.PersistentVolumeReclaimPolicy);
        Column("Status", volume => StorageTexts.Phase(volume.Status?.Phase, volume.Metadata));
        Column("Claim", volume => volume.Spec?.ClaimRef is { } claim ? $"{claim.NamespaceProperty}/{claim.Name}" : "");
        Column("StorageClass", volume => volume.Spec?.StorageClassName ?? "");
        Column("VolumeAttributesClass", volume => StorageTexts.OrUnset(volume.Spec?.VolumeAttributesClassName));
        Column("Reason", volume => volume.Status?.Reason ?? "");
        Column("Age", (volume, now) => ColumnText.Since(volume.Metadata.CreationTimestamp, now));
        Column("VolumeMode", volume => StorageTexts.OrUnset(volume.Spec?.VolumeMode), wide: true);
    }

    protected override void ApplyDefaults(V1PersistentVolume volume)
    {
        var spec = volume.Spec ??= new V1PersistentVolumeSpec();
        spec.PersistentVolumeReclaimPolicy = OrDefault(spec.PersistentVolumeReclaimPolicy, "Retain");
        spec.VolumeMode = OrDefault(spec.VolumeMode, "Filesystem");
        if (spec.HostPath is not null)
        {
            spec.HostPath.Type ??= "";
        }
    }

    protected override void PrepareForCreate(V1PersistentVolume volume)
        => volume.Status = new V1PersistentVolumeStatus { Phase = "Pending" };

    protected override void PrepareForUpdate(V1PersistentVolume volume, V1PersistentVolume old) => volume.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1PersistentVolume volume, V1PersistentVolume old) => volume.Spec = old.Spec;

    protected override void Validate(V1PersistentVolume volume, FieldErrors errors)
        => PersistentVolumeRules.Validate(volume.Spec, errors);

    protected override void ValidateUpdate(V1PersistentVolume volume, V1PersistentVolume old, FieldErrors errors)
        => PersistentVolumeRules.ValidateUpdate(volume.Spec, old.Spec, errors);

    private static string OrDefault(string? value, string otherwise) => string.IsNullOrEmpty(value) ? otherwise : value;
}
