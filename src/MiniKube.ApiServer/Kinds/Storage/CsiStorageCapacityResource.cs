using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class CsiStorageCapacityResource : ResourceDefinition<V1CSIStorageCapacity>
{
    public CsiStorageCapacityResource()
        : base(new Gvr("storage.k8s.io", "v1", "csistoragecapacities"), Scope.Namespaced, "CSIStorageCapacity")
    {
        Column("StorageClass", item => item.StorageClassName);
        Column("Capacity", item => item.Capacity is null ? "<unset>" : Quantity.Of(item.Capacity).ToString());
    }

    protected override void Validate(V1CSIStorageCapacity item, FieldErrors errors)
    {
        errors.Invalid("storageClassName", item.StorageClassName ?? "", Names.CheckDnsSubdomain(item.StorageClassName ?? ""));
        SelectorRules.Validate(item.NodeTopology, "nodeTopology", errors);
        NotNegative("capacity", item.Capacity, errors);
        NotNegative("maximumVolumeSize", item.MaximumVolumeSize, errors);
    }

    protected override void ValidateUpdate(V1CSIStorageCapacity item, V1CSIStorageCapacity old, FieldErrors errors)
    {
        errors.Immutable("storageClassName", item.StorageClassName, old.StorageClassName);

        if (!JsonChanges.AreEqual(item.NodeTopology, old.NodeTopology) && (item.NodeTopology ?? old.NodeTopology) is not null)
        {
            errors.Invalid("nodeTopology", "", "field is immutable");
        }
    }

    private static void NotNegative(string path, ResourceQuantity? amount, FieldErrors errors)
    {
        if (amount is not null && Quantity.Of(amount).Sign < 0)
        {
            errors.Invalid(path, Quantity.Of(amount).ToString(), "must be greater than or equal to 0");
        }
    }
}
