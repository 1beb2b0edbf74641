using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// HorizontalPodAutoscalers.
/// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
/// </summary>
internal static class AutoscalerRules
{
    private const int WindowSecondsMax = 3600;
    private const int PeriodSecondsMax = 1800;

    public static void Validate(V2HorizontalPodAutoscalerSpec spec, FieldErrors errors)
    {
        if (spec.MinReplicas < 1)
        {
            errors.Invalid("spec.minReplicas", spec.MinReplicas, "must be greater than or equal to 1");
        }

        errors.Positive("spec.maxReplicas", spec.MaxReplicas);
        if (spec.MinReplicas > spec.MaxReplicas)
        {
            errors.Invalid("spec.maxReplicas", spec.MaxReplicas, "must be greater than or equal to `minReplicas`");
        }

        ValidateReference(spec.ScaleTargetRef, "spec.scaleTargetRef", errors);
        for (var index = 0; index < (spec.Metrics?.Count ?? 0); index++)
        {
            ValidateMetric(spec.Metrics![index], $"spec.metrics[{index}]", errors);
        }

        ValidateRules(spec.Behavior?.ScaleUp, "spec.behavior.scaleUp", errors);
        ValidateRules(spec.Behavior?.ScaleDown, "spec.behavior.scaleDown", errors);
    }

    private static void ValidateReference(V2CrossVersionObjectReference? reference, string path, FieldErrors errors)
    {
        RequiredSegment($"{path}.kind", reference?.Kind, errors);
        RequiredSegment($"{path}.name", reference?.Name, errors);
    }

    private static void RequiredSegment(string path, string? text, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(text))
        {
            errors.Required(path);
        }
        else
        {
            errors.Invalid(path, text, Names.CheckPathSegment(text));
        }
    }

    private static void ValidateMetric(V2MetricSpec metric, string path, FieldErrors errors)
    {
        (string Type, string Field, object? Source)[] sources =
        [
            ("Object", "object", metric.ObjectProperty),
            ("External", "external", metric.External),
            ("Pods", "pods", metric.Pods),
            ("Resource", "resource", metric.Resource),
            ("ContainerResource", "containerResource", metric.ContainerResource),
        ];
        errors.OneOf($"{path}.type", metric.Type, [.. sources.Select(source => source.Type)]);
        foreach (var source in sources.Where(source => source.Source is not null && source.Type != metric.Type))
        {
            errors.Forbidden($"{path}.{source.Field}", "must populate the given metric source only");
        }

        foreach (var source in sources.Where(source => source.Source is null && source.Type == metric.Type))
        {
            errors.Required($"{path}.{source.Field}", "must populate information for the given metric source");
        }

        errors.Required($"{path}.resource.name", metric.Resource is null ? "unset" : metric.Resource.Name, "must specify a resource name");
        ValidateTarget(metric.Resource?.Target, $"{path}.resource.target", errors);
        ValidateTarget(metric.ContainerResource?.Target, $"{path}.containerResource.target", errors);
        ValidateTarget(metric.Pods?.Target, $"{path}.pods.target", errors);
        ValidateTarget(metric.ObjectProperty?.Target, $"{path}.object.target", errors);
        ValidateTarget(metric.External?.Target, $"{path}.external.target", errors);
    }

    private static void ValidateTarget(V2MetricTarget? target, string path, FieldErrors errors)
    {
        if (target is null)
        {
            return;
        }

        errors.OneOf($"{path}.type", target.Type, "AverageValue", "Utilization", "Value");
        Positive($"{path}.value", target.Value, errors);
        Positive($"{path}.averageValue", target.AverageValue, errors);
        if (target.AverageUtilization < 1)
        {
            errors.Invalid($"{path}.averageUtilization", target.AverageUtilization, "must be greater than 0");
        }

        if (target is { Value: null, AverageValue: null, AverageUtilization: null })
        {
            errors.Required($"{path}.averageUtilization", "must set either a target raw value or a target utilization");
        }
    }

    private static void Positive(string path, ResourceQuantity? amount, FieldErrors errors)
    {
        if (amount is not null && Quantity.Of(amount).Sign <= 0)
        {
            errors.Invalid(path, Quantity.Of(amount).ToString(), "must be positive");
        }
    }

    private static void ValidateRules(V2HPAScalingRules? rules, string path, FieldErrors errors)
    {
        if (rules is null)
        {
            return;
        }

        errors.NotNegative($"{path}.stabilizationWindowSeconds", rules.StabilizationWindowSeconds);
        if (rules.StabilizationWindowSeconds > WindowSecondsMax)
        {
            errors.Invalid(
                $"{path}.stabilizationWindowSeconds",
                rules.StabilizationWindowSeconds,
                $"must be less than or equal to {WindowSecondsMax}");
        }

        errors.OneOf($"{path}.selectPolicy", rules.SelectPolicy, "Disabled", "Max", "Min");
        if (rules.Policies is not { Count: > 0 })
        {
            errors.Required($"{path}.policies", "must specify at least one Policy");
        }

        for (var index = 0; index < (rules.Policies?.Count ?? 0); index++)
        {
            ValidatePolicy(rules.Policies![index], $"{path}.policies[{index}]", errors);
        }
    }

    private static void ValidatePolicy(V2HPAScalingPolicy policy, string path, FieldErrors errors)
    {
        errors.OneOf($"{path}.type", policy.Type, "Percent", "Pods");
        errors.Positive($"{path}.value", policy.Value);
        errors.Positive($"{path}.periodSeconds", policy.PeriodSeconds);
        if (policy.PeriodSeconds > PeriodSecondsMax)
        {
            errors.Invalid($"{path}.periodSeconds", policy.PeriodSeconds, $"must be less than or equal to {PeriodSecondsMax}");
        }
    }
}
