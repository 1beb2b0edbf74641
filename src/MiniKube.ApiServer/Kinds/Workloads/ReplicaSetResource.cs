using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ReplicaSetResource : ResourceDefinition<V1ReplicaSet>
{
    public ReplicaSetResource()
        : base(new Gvr("apps", "v1", "replicasets"), Scope.Namespaced, "ReplicaSet")
    {
        ShortNames = ["rs"];
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Scale = new ScaleMapping(
            item => ((V1ReplicaSet)item).Spec.Replicas ?? 1,
            (item, replicas) => ((V1ReplicaSet)item).Spec.Replicas = replicas,
            item => ((V1ReplicaSet)item).Status?.Replicas ?? 0,
            item => LabelSelector.Of(((V1ReplicaSet)item).Spec.Selector)?.ToString() ?? "");
        Column("Desired", set => set.Spec.Replicas ?? 0, "integer");
        Column("Current", set => set.Status?.Replicas ?? 0, "integer");
        Column("Ready", set => set.Status?.ReadyReplicas ?? 0, "integer");
        Column("Age", (set, now) => ColumnText.Since(set.Metadata.CreationTimestamp, now));
        Column("Containers", set => ColumnText.ContainerNames(set.Spec.Template), wide: true);
        Column("Images", set => ColumnText.ContainerImages(set.Spec.Template), wide: true);
        Column("Selector", set => ColumnText.Selector(set.Spec.Selector), wide: true);
        Field("status.replicas", set => (set.Status?.Replicas ?? 0).ToString(CultureInfo.InvariantCulture));
    }

    protected override void ApplyDefaults(V1ReplicaSet set)
    {
        var spec = set.Spec ??= new V1ReplicaSetSpec();
        spec.Replicas ??= 1;
        if (spec.Template is not null)
        {
            PodDefaults.ApplyToTemplate(spec.Template);
        }
    }

    protected override void PrepareForCreate(V1ReplicaSet set) => set.Status = new V1ReplicaSetStatus();

    protected override void PrepareForUpdate(V1ReplicaSet set, V1ReplicaSet old) => set.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1ReplicaSet set, V1ReplicaSet old) => set.Spec = old.Spec;

    protected override void Validate(V1ReplicaSet set, FieldErrors errors)
    {
        errors.NotNegative("spec.replicas", set.Spec.Replicas);
        errors.NotNegative("spec.minReadySeconds", set.Spec.MinReadySeconds);
        WorkloadRules.ValidateTemplate("ReplicaSet", set.Spec.Selector, set.Spec.Template, errors);
    }

    protected override void ValidateUpdate(V1ReplicaSet set, V1ReplicaSet old, FieldErrors errors)
        => WorkloadRules.ValidateSelectorUpdate(set.Spec.Selector, old.Spec.Selector, errors);
}
