using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// PersistentVolumeClaims. https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/persistent-volume-claim-v1/
/// </summary>
internal static class PersistentVolumeClaimRules
{
    private const string Immutable =
        "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

    public static void Validate(V1PersistentVolumeClaimSpec spec, string path, FieldErrors errors)
    {
        AccessModeRules.Validate(spec.AccessModes, $"{path}.accessModes", errors);
        SelectorRules.Validate(spec.Selector, $"{path}.selector", errors);
        ValidateSize(spec.Resources, path, errors);
        errors.OneOf($"{path}.volumeMode", spec.VolumeMode, "Block", "Filesystem");
        if (!string.IsNullOrEmpty(spec.StorageClassName))
        {
            errors.Invalid($"{path}.storageClassName", spec.StorageClassName, Names.CheckDnsSubdomain(spec.StorageClassName));
        }

        if (spec.DataSource is { } source)
        {
            errors.Required($"{path}.dataSource.kind", source.Kind, "");
            errors.Required($"{path}.dataSource.name", source.Name, "");
        }
    }

    public static void ValidateUpdate(V1PersistentVolumeClaim claim, V1PersistentVolumeClaim old, FieldErrors errors)
    {
        // A claim is bound by writing the volume's name; after that only its size may grow.
        var before = old.Spec with
        {
            VolumeName = string.IsNullOrEmpty(old.Spec.VolumeName) ? claim.Spec.VolumeName : old.Spec.VolumeName,
            StorageClassName = string.IsNullOrEmpty(old.Spec.StorageClassName)
                ? claim.Spec.StorageClassName
                : old.Spec.StorageClassName,
            VolumeAttributesClassName = claim.Spec.VolumeAttributesClassName,
        };
        if (old.Status?.Phase == "Bound")
        {
            before = before with { Resources = claim.Spec.Resources };
        }

        if (!JsonChanges.AreEqual(before, claim.Spec))
        {
            errors.Forbidden("spec", Immutable);
        }

        var (size, had) = (Size(claim.Spec.Resources), Size(old.Spec.Resources));
        if (size < had && size < Quantity.Of(Amount(old.Status?.Capacity)))
        {
            errors.Forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
        }
    }

    private static void ValidateSize(V1VolumeResourceRequirements? resources, string path, FieldErrors errors)
    {
        if (Amount(resources?.Requests) is not { } amount)
        {
            errors.Required($"{path}.resources[storage]");
        }
        else if (Quantity.Of(amount).Sign <= 0)
        {
            errors.Invalid($"{path}.resources[storage]", Quantity.Of(amount).ToString(), "must be greater than zero");
        }
    }

    private static Quantity Size(V1VolumeResourceRequirements? resources) => Quantity.Of(Amount(resources?.Requests));

    private static ResourceQuantity? Amount(IDictionary<string, ResourceQuantity>? amounts)
        => amounts?.TryGetValue("storage", out var amount) == true ? amount : null;
}
