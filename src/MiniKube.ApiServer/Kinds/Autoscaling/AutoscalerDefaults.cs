using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// What a HorizontalPodAutoscaler gets when the user says nothing.
/// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#default-behavior
/// </summary>
internal static class AutoscalerDefaults
{
    private const int Utilization = 80;
    private const int PeriodSeconds = 15;
    private const int ScaleUpPods = 4;
    private const int AllPercent = 100;

    public static void Apply(V2HorizontalPodAutoscalerSpec spec)
    {
        spec.MinReplicas ??= 1;
        if (spec.Metrics is not { Count: > 0 })
        {
            spec.Metrics =
            [
                new V2MetricSpec
                {
                    Type = "Resource",
                    Resource = new V2ResourceMetricSource
                    {
                        Name = "cpu",
                        Target = new V2MetricTarget { Type = "Utilization", AverageUtilization = Utilization },
                    },
                },
            ];
        }

        if (spec.Behavior is { } behavior)
        {
            behavior.ScaleUp = Fill(behavior.ScaleUp, window: 0,
                new V2HPAScalingPolicy { Type = "Pods", Value = ScaleUpPods, PeriodSeconds = PeriodSeconds },
                new V2HPAScalingPolicy { Type = "Percent", Value = AllPercent, PeriodSeconds = PeriodSeconds });
            behavior.ScaleDown = Fill(behavior.ScaleDown, window: null,
                new V2HPAScalingPolicy { Type = "Percent", Value = AllPercent, PeriodSeconds = PeriodSeconds });
        }
    }

    private static V2HPAScalingRules Fill(V2HPAScalingRules? rules, int? window, params V2HPAScalingPolicy[] policies)
    {
        rules ??= new V2HPAScalingRules();
        rules.SelectPolicy = string.IsNullOrEmpty(rules.SelectPolicy) ? "Max" : rules.SelectPolicy;
        rules.StabilizationWindowSeconds ??= window;
        rules.Policies ??= [.. policies];
        return rules;
    }
}
