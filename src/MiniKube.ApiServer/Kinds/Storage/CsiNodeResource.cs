using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class CsiNodeResource : ResourceDefinition<V1CSINode>
{
    private const int NodeIdBytesMax = 192;

    public CsiNodeResource()
        : base(new Gvr("storage.k8s.io", "v1", "csinodes"), Scope.Cluster, "CSINode")
    {
        Column("Drivers", item => item.Spec?.Drivers?.Count ?? 0, "integer");
    }

    protected override void ApplyDefaults(V1CSINode item)
    {
        item.Spec ??= new V1CSINodeSpec();
        item.Spec.Drivers ??= [];
    }

    protected override void Validate(V1CSINode item, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < item.Spec.Drivers.Count; index++)
        {
            var (driver, path) = (item.Spec.Drivers[index], $"spec.drivers[{index}]");
            errors.Required($"{path}.name", driver.Name, "");
            errors.Required($"{path}.nodeID", driver.NodeID, "");
            if (driver.NodeID?.Length > NodeIdBytesMax)
            {
                errors.Invalid($"{path}.nodeID", driver.NodeID, $"must be {NodeIdBytesMax} characters or less");
            }

            errors.NotNegative($"{path}.allocatable.count", driver.Allocatable?.Count);
            if (!names.Add(driver.Name ?? ""))
            {
                errors.Duplicate($"{path}.name", driver.Name);
            }
        }
    }
}
