using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class RuntimeClassResource : ResourceDefinition<V1RuntimeClass>
{
    public RuntimeClassResource()
        : base(new Gvr("node.k8s.io", "v1", "runtimeclasses"), Scope.Cluster, "RuntimeClass")
    {
        Column("Handler", item => item.Handler);
    }

    protected override void Validate(V1RuntimeClass item, FieldErrors errors)
    {
        errors.Invalid("handler", item.Handler ?? "", Names.CheckDnsLabel(item.Handler ?? ""));
        foreach (var (name, amount) in item.Overhead?.PodFixed ?? new Dictionary<string, ResourceQuantity>())
        {
            ResourceRules.ValidateAmount(name, amount, "overhead.podFixed", errors);
        }

        MetadataRules.ValidateLabels(item.Scheduling?.NodeSelector, "scheduling.nodeSelector", errors);
        TolerationRules.Validate(item.Scheduling?.Tolerations ?? [], "scheduling.tolerations", errors);
    }

    protected override void ValidateUpdate(V1RuntimeClass item, V1RuntimeClass old, FieldErrors errors)
    {
        errors.Immutable("handler", item.Handler, old.Handler);
    }
}
