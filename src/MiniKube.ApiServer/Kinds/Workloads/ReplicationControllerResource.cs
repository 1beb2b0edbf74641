using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class ReplicationControllerResource : ResourceDefinition<V1ReplicationController>
{
    public ReplicationControllerResource()
        : base(Gvr.Core("v1", "replicationcontrollers"), Scope.Namespaced, "ReplicationController")
    {
        ShortNames = ["rc"];
        Categories = ["all"];
        HasStatus = true;
        HasGeneration = true;
        Scale = new ScaleMapping(
            item => ((V1ReplicationController)item).Spec.Replicas ?? 1,
            (item, replicas) => ((V1ReplicationController)item).Spec.Replicas = replicas,
            item => ((V1ReplicationController)item).Status?.Replicas ?? 0,
            item => Selector((V1ReplicationController)item));
        Column("Desired", item => item.Spec.Replicas ?? 0, "integer");
        Column("Current", item => item.Status?.Replicas ?? 0, "integer");
        Column("Ready", item => item.Status?.ReadyReplicas ?? 0, "integer");
        Column("Age", (item, now) => ColumnText.Since(item.Metadata.CreationTimestamp, now));
        Column("Containers", item => ColumnText.ContainerNames(item.Spec.Template), wide: true);
        Column("Images", item => ColumnText.ContainerImages(item.Spec.Template), wide: true);
        Column("Selector", item => ColumnText.OrNone(Selector(item)), wide: true);
        Field("status.replicas", item => (item.Status?.Replicas ?? 0).ToString(CultureInfo.InvariantCulture));
    }

    protected override void ApplyDefaults(V1ReplicationController item)
    {
        var spec = item.Spec ??= new V1ReplicationControllerSpec();
        spec.Replicas ??= 1;
        if (spec.Template is null)
        {
            return;
        }

        PodDefaults.ApplyToTemplate(spec.Template);
        if (spec.Template.Metadata.Labels is not { Count: > 0 } labels)
        {
            return;
        }

        if (spec.Selector is not { Count: > 0 })
        {
            spec.Selector = new Dictionary<string, string>(labels);
        }

        if (item.Metadata.Labels is not { Count: > 0 })
        {
            item.Metadata.Labels = new Dictionary<string, string>(labels);
        }
    }

    protected override void PrepareForCreate(V1ReplicationController item) => item.Status = new V1ReplicationControllerStatus();

    protected override void PrepareForUpdate(V1ReplicationController item, V1ReplicationController old) => item.Status = old.Status;

    protected override void PrepareForStatusUpdate(V1ReplicationController item, V1ReplicationController old) => item.Spec = old.Spec;

    protected override void Validate(V1ReplicationController item, FieldErrors errors)
    {
        errors.NotNegative("spec.replicas", item.Spec.Replicas);
        errors.NotNegative("spec.minReadySeconds", item.Spec.MinReadySeconds);
        var selector = item.Spec.Selector is { Count: > 0 } labels ? new V1LabelSelector { MatchLabels = labels } : null;
        WorkloadRules.ValidateTemplate("ReplicationController", selector, item.Spec.Template, errors);
    }

    private static string Selector(V1ReplicationController item)
        => string.Join(",", (item.Spec.Selector ?? new Dictionary<string, string>())
            .OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => $"{label.Key}={label.Value}"));
}
