using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class PriorityClassResource : ResourceDefinition<V1PriorityClass>
{
    public PriorityClassResource()
        : base(new Gvr("scheduling.k8s.io", "v1", "priorityclasses"), Scope.Cluster, "PriorityClass")
    {
        ShortNames = ["pc"];
        HasGeneration = true;
        Column("Value", item => item.Value, "integer");
        Column("Global-Default", item => item.GlobalDefault == true, "boolean");
        Column("Age", (item, now) => ColumnText.Since(item.Metadata.CreationTimestamp, now));
        Column("PreemptionPolicy", item => item.PreemptionPolicy);
    }

    protected override void ApplyDefaults(V1PriorityClass item)
        => item.PreemptionPolicy = string.IsNullOrEmpty(item.PreemptionPolicy) ? "PreemptLowerPriority" : item.PreemptionPolicy;

    protected override void Validate(V1PriorityClass item, FieldErrors errors) => PriorityClassRules.Validate(item, errors);

    protected override void ValidateUpdate(V1PriorityClass item, V1PriorityClass old, FieldErrors errors)
    {
        if (item.Value != old.Value)
        {
            errors.Forbidden("value", "may not be changed in an update.");
        }

        errors.Immutable("preemptionPolicy", item.PreemptionPolicy, old.PreemptionPolicy);
    }
}
