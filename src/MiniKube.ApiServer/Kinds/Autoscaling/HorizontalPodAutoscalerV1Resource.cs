using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The autoscaler as it was when processor time was all it knew: what else there is stands in annotations, as Kubernetes writes them.
/// </summary>
internal sealed class HorizontalPodAutoscalerV1Resource() : KindVersion<V1HorizontalPodAutoscaler, V2HorizontalPodAutoscaler>(
    new Gvr("autoscaling", "v1", "horizontalpodautoscalers"), new HorizontalPodAutoscalerResource())
{
    protected override V2HorizontalPodAutoscaler ToStored(V1HorizontalPodAutoscaler model)
    {
        var notes = AutoscalerNotes.Of(model.Metadata);
        return new V2HorizontalPodAutoscaler
        {
            ApiVersion = model.ApiVersion,
            Kind = model.Kind,
            Metadata = AutoscalerNotes.Without(model.Metadata),
            Spec = ToSpec(model.Spec ?? new V1HorizontalPodAutoscalerSpec(), notes),
            Status = model.Status is { } status ? ToStatus(status, notes) : null,
        };
    }

    protected override V1HorizontalPodAutoscaler ToModel(V2HorizontalPodAutoscaler stored) => new()
    {
        Metadata = AutoscalerNotes.With(stored),
        Spec = new V1HorizontalPodAutoscalerSpec
        {
            MaxReplicas = stored.Spec?.MaxReplicas ?? 0,
            MinReplicas = stored.Spec?.MinReplicas,
            ScaleTargetRef = Target(stored.Spec?.ScaleTargetRef),
            TargetCPUUtilizationPercentage = stored.Spec?.Metrics?.FirstOrDefault(AutoscalerNotes.IsProcessorShare)
                ?.Resource.Target.AverageUtilization,
        },
        Status = stored.Status is { } status
            ? new V1HorizontalPodAutoscalerStatus
            {
                CurrentCPUUtilizationPercentage = status.CurrentMetrics
                    ?.LastOrDefault(static one => one is
                        { Type: "Resource", Resource: { Name: "cpu", Current.AverageUtilization: not null } })
                    ?.Resource.Current.AverageUtilization,
                CurrentReplicas = status.CurrentReplicas ?? 0,
                DesiredReplicas = status.DesiredReplicas,
                LastScaleTime = status.LastScaleTime,
                ObservedGeneration = status.ObservedGeneration,
            }
            : null,
    };

    private static V2HorizontalPodAutoscalerSpec ToSpec(V1HorizontalPodAutoscalerSpec spec, AutoscalerNotes notes)
    {
        var metrics = notes.Metrics;
        if (spec.TargetCPUUtilizationPercentage is { } share)
        {
            metrics.Add(new V2MetricSpec
            {
                Type = "Resource",
                Resource = new V2ResourceMetricSource
                {
                    Name = "cpu",
                    Target = new V2MetricTarget { Type = "Utilization", AverageUtilization = share },
                },
            });
        }

        return new V2HorizontalPodAutoscalerSpec
        {
            Behavior = notes.Behavior,
            MaxReplicas = spec.MaxReplicas,
            Metrics = metrics.Count > 0 ? metrics : null,
            MinReplicas = spec.MinReplicas,
            ScaleTargetRef = spec.ScaleTargetRef is { } target
                ? new V2CrossVersionObjectReference { ApiVersion = target.ApiVersion, Kind = target.Kind, Name = target.Name }
                : null,
        };
    }

    private static V2HorizontalPodAutoscalerStatus ToStatus(V1HorizontalPodAutoscalerStatus status, AutoscalerNotes notes)
    {
        var metrics = notes.CurrentMetrics;
        if (metrics.Count == 0 && status.CurrentCPUUtilizationPercentage is { } share)
        {
            metrics.Add(new V2MetricStatus
            {
                Type = "Resource",
                Resource = new V2ResourceMetricStatus
                {
                    Name = "cpu",
                    Current = new V2MetricValueStatus { AverageUtilization = share },
                },
            });
        }

        return new V2HorizontalPodAutoscalerStatus
        {
            Conditions = notes.Conditions,
            CurrentMetrics = metrics.Count > 0 ? metrics : null,
            CurrentReplicas = status.CurrentReplicas,
            DesiredReplicas = status.DesiredReplicas,
            LastScaleTime = status.LastScaleTime,
            ObservedGeneration = status.ObservedGeneration,
        };
    }

    private static V1CrossVersionObjectReference? Target(V2CrossVersionObjectReference? target) => target is null ? null
        : new V1CrossVersionObjectReference { ApiVersion = target.ApiVersion, Kind = target.Kind, Name = target.Name };
}
