using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class PersistentVolumeClaimResource : ResourceDefinition<V1PersistentVolumeClaim>
{
    public PersistentVolumeClaimResource()
        : base(Gvr.Core("v1", "persistentvolumeclaims"), Scope.Namespaced, "PersistentVolumeClaim")
    {
        ShortNames = ["pvc"];
        HasStatus = true;
        ReturnsDeletedObject = true;
        Column("Status", claim => StorageTexts.Phase(claim.Status?.Phase, claim.Metadata));
        Column("Volume", claim => claim.Spec?.VolumeName ?? "");
        Column("Capacity", claim => IsBound(claim) ? StorageTexts.Amount(claim.Status?.Capacity) : "");
        Column("Access Modes", claim => IsBound(claim) ? StorageTexts.AccessModes(claim.Status?.AccessModes) : "");
        Column("StorageClass", claim => claim.Spec?.StorageClassName ?? "");
        Column("VolumeAttributesClass", claim => StorageTexts.OrUnset(claim.Spec?.VolumeAttributesClassName));
        Column("Age", (claim, now) => ColumnText.Since(claim.Metadata.CreationTimestamp, now));
        Column("VolumeMode", claim => StorageTexts.OrUnset(claim.Spec?.VolumeMode), wide: true);
    }

    /// <summary>Defaults of a claim, also of one that is a template.</summary>
    public static void ApplyTo(V1PersistentVolumeClaimSpec spec)
        => spec.VolumeMode = string.IsNullOrEmpty(spec.VolumeMode) ? "Filesystem" : spec.VolumeMode;

    protected override void ApplyDefaults(V1PersistentVolumeClaim claim)
        => ApplyTo(claim.Spec ??= new V1PersistentVolumeClaimSpec());

    protected override void PrepareForCreate(V1PersistentVolumeClaim claim)
        => claim.Status = new V1PersistentVolumeClaimStatus { Phase = "Pending" };

    protected override void PrepareForUpdate(V1PersistentVolumeClaim claim, V1PersistentVolumeClaim old) => claim.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1PersistentVolumeClaim claim, V1PersistentVolumeClaim old) => claim.Spec = old.Spec;

    protected override void Validate(V1PersistentVolumeClaim claim, FieldErrors errors)
        => PersistentVolumeClaimRules.Validate(claim.Spec, "spec", errors);

    protected override void ValidateUpdate(V1PersistentVolumeClaim claim, V1PersistentVolumeClaim old, FieldErrors errors)
        => PersistentVolumeClaimRules.ValidateUpdate(claim, old, errors);

    private static bool IsBound(V1PersistentVolumeClaim claim) => !string.IsNullOrEmpty(claim.Spec?.VolumeName);
}
