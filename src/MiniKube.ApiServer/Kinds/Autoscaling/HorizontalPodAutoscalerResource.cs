using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

internal sealed class HorizontalPodAutoscalerResource : ResourceDefinition<V2HorizontalPodAutoscaler>
{
    public HorizontalPodAutoscalerResource()
        : base(new Gvr("autoscaling", "v2", "horizontalpodautoscalers"), Scope.Namespaced, "HorizontalPodAutoscaler")
    {
        ShortNames = ["hpa"];
        Categories = ["all"];
        HasStatus = true;
        Column("Reference", item => $"{item.Spec.ScaleTargetRef?.Kind}/{item.Spec.ScaleTargetRef?.Name}");
        Column("Targets", AutoscalerTexts.Targets);
        Column("MinPods", item => item.Spec.MinReplicas?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "<unset>");
        Column("MaxPods", item => item.Spec.MaxReplicas, "integer");
        Column("Replicas", item => item.Status?.CurrentReplicas ?? 0, "integer");
    }

    protected override void ApplyDefaults(V2HorizontalPodAutoscaler item) => AutoscalerDefaults.Apply(item.Spec ??= new());

    protected override void PrepareForCreate(V2HorizontalPodAutoscaler item)
        => item.Status = new V2HorizontalPodAutoscalerStatus { DesiredReplicas = 0 };

    protected override void PrepareForUpdate(V2HorizontalPodAutoscaler item, V2HorizontalPodAutoscaler old) => item.Status = old.Status;

    protected override void PrepareForStatusUpdate(V2HorizontalPodAutoscaler item, V2HorizontalPodAutoscaler old) => item.Spec = old.Spec;

    protected override void Validate(V2HorizontalPodAutoscaler item, FieldErrors errors) => AutoscalerRules.Validate(item.Spec, errors);
}
