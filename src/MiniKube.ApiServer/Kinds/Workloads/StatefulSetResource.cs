using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class StatefulSetResource : ResourceDefinition<V1StatefulSet>
{
    public StatefulSetResource()
        : base(new Gvr("apps", "v1", "statefulsets"), Scope.Namespaced, "StatefulSet")
    {
        ShortNames = ["sts"];
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Scale = new ScaleMapping(
            item => ((V1StatefulSet)item).Spec.Replicas ?? 1,
            (item, replicas) => ((V1StatefulSet)item).Spec.Replicas = replicas,
            item => ((V1StatefulSet)item).Status?.Replicas ?? 0,
            item => LabelSelector.Of(((V1StatefulSet)item).Spec.Selector)?.ToString() ?? "");
        Column("Ready", set => $"{set.Status?.ReadyReplicas ?? 0}/{set.Spec.Replicas ?? 0}");
        Column("Age", (set, now) => ColumnText.Since(set.Metadata.CreationTimestamp, now));
        Column("Containers", set => ColumnText.ContainerNames(set.Spec.Template), wide: true);
        Column("Images", set => ColumnText.ContainerImages(set.Spec.Template), wide: true);
    }

    protected override void ApplyDefaults(V1StatefulSet set)
    {
        var spec = set.Spec ??= new V1StatefulSetSpec();
        spec.Replicas ??= 1;
        spec.RevisionHistoryLimit ??= 10;
        spec.PodManagementPolicy = string.IsNullOrEmpty(spec.PodManagementPolicy) ? "OrderedReady" : spec.PodManagementPolicy;
        ApplyStrategy(spec.UpdateStrategy ??= new V1StatefulSetUpdateStrategy());
        var retention = spec.PersistentVolumeClaimRetentionPolicy ??= new V1StatefulSetPersistentVolumeClaimRetentionPolicy();
        retention.WhenDeleted = string.IsNullOrEmpty(retention.WhenDeleted) ? "Retain" : retention.WhenDeleted;
        retention.WhenScaled = string.IsNullOrEmpty(retention.WhenScaled) ? "Retain" : retention.WhenScaled;
        PodDefaults.ApplyToTemplate(spec.Template ??= new V1PodTemplateSpec());
    }

    protected override void PrepareForCreate(V1StatefulSet set) => set.Status = new V1StatefulSetStatus();

    protected override void PrepareForUpdate(V1StatefulSet set, V1StatefulSet old) => set.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1StatefulSet set, V1StatefulSet old) => set.Spec = old.Spec;

    protected override void Validate(V1StatefulSet set, FieldErrors errors) => StatefulSetRules.Validate(set.Spec, errors);

    protected override void ValidateUpdate(V1StatefulSet set, V1StatefulSet old, FieldErrors errors)
        => StatefulSetRules.ValidateUpdate(set.Spec, old.Spec, errors);

    private static void ApplyStrategy(V1StatefulSetUpdateStrategy strategy)
    {
        strategy.Type = string.IsNullOrEmpty(strategy.Type) ? "RollingUpdate" : strategy.Type;
        if (strategy.Type == "RollingUpdate")
        {
            strategy.RollingUpdate ??= new V1RollingUpdateStatefulSetStrategy();
            strategy.RollingUpdate.Partition ??= 0;
        }
    }
}
