using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ConfigMapResource : ResourceDefinition<V1ConfigMap>
{
    public ConfigMapResource()
        : base(Gvr.Core("v1", "configmaps"), Scope.Namespaced, "ConfigMap")
    {
        ShortNames = ["cm"];
        Column("Data", map => (map.Data?.Count ?? 0) + (map.BinaryData?.Count ?? 0));
    }

    protected override void Validate(V1ConfigMap map, FieldErrors errors) => ConfigRules.Validate(map, errors);

    protected override void ValidateUpdate(V1ConfigMap map, V1ConfigMap old, FieldErrors errors)
        => ConfigRules.ValidateUpdate(map, old, errors);
}
