using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class StorageClassResource : ResourceDefinition<V1StorageClass>
{
    /// <summary>Marks the class of claims that name none.</summary>
    public const string DefaultAnnotation = "storageclass.kubernetes.io/is-default-class";

    private const string OldDefaultAnnotation = "storageclass.beta.kubernetes.io/is-default-class";

    public StorageClassResource()
        : base(new Gvr("storage.k8s.io", "v1", "storageclasses"), Scope.Cluster, "StorageClass")
    {
        ShortNames = ["sc"];
        Column("Name", item => IsDefault(item) ? $"{item.Metadata.Name} (default)" : item.Metadata.Name);
        Column("Provisioner", item => item.Provisioner);
        Column("ReclaimPolicy", item => item.ReclaimPolicy);
        Column("VolumeBindingMode", item => item.VolumeBindingMode);
        Column("AllowVolumeExpansion", item => item.AllowVolumeExpansion == true, "boolean");
    }

    public static bool IsDefault(V1StorageClass item)
        => IsTrue(item, DefaultAnnotation) || IsTrue(item, OldDefaultAnnotation);

    protected override void ApplyDefaults(V1StorageClass item)
    {
        item.ReclaimPolicy = string.IsNullOrEmpty(item.ReclaimPolicy) ? "Delete" : item.ReclaimPolicy;
        item.VolumeBindingMode = string.IsNullOrEmpty(item.VolumeBindingMode) ? "Immediate" : item.VolumeBindingMode;
    }

    protected override void Validate(V1StorageClass item, FieldErrors errors) => StorageClassRules.Validate(item, errors);

    protected override void ValidateUpdate(V1StorageClass item, V1StorageClass old, FieldErrors errors)
        => StorageClassRules.ValidateUpdate(item, old, errors);

    private static bool IsTrue(V1StorageClass item, string annotation)
        => item.Metadata.Annotations?.TryGetValue(annotation, out var value) == true && value == "true";
}
