using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What kubectl shows of a HorizontalPodAutoscaler's metrics: <c>cpu: 12%/80%</c>.</summary>
internal static class AutoscalerTexts
{
    private const string Unknown = "<unknown>";
    private const int ShownMax = 2;

    public static string Targets(V2HorizontalPodAutoscaler item)
    {
        var metrics = item.Spec.Metrics ?? [];
        if (metrics.Count == 0)
        {
            return "<none>";
        }

        var current = item.Status?.CurrentMetrics ?? [];
        var texts = metrics.Select((metric, index) => Target(metric, index < current.Count ? current[index] : null)).ToList();
        var shown = string.Join(", ", texts.Take(ShownMax));
        return texts.Count > ShownMax ? $"{shown} + {texts.Count - ShownMax} more..." : shown;
    }

    private static string Target(V2MetricSpec metric, V2MetricStatus? status) => metric.Type switch
    {
        "External" => Pair(metric.External?.Target, status?.External?.Current, average: " (avg)"),
        "Pods" => Pair(metric.Pods?.Target, status?.Pods?.Current, average: ""),
        "Object" => Pair(metric.ObjectProperty?.Target, status?.ObjectProperty?.Current, average: " (avg)"),
        "Resource" => $"{metric.Resource?.Name}: {Pair(metric.Resource?.Target, status?.Resource?.Current, average: "")}",
        "ContainerResource" => $"{metric.ContainerResource?.Name}: "
            + Pair(metric.ContainerResource?.Target, status?.ContainerResource?.Current, average: ""),
        _ => "<unknown type>",
    };

    private static string Pair(V2MetricTarget? target, V2MetricValueStatus? now, string average) => target switch
    {
        { AverageValue: not null } => $"{Text(now?.AverageValue)}/{Text(target.AverageValue)}{average}",
        { AverageUtilization: { } share } => $"{Percent(now?.AverageUtilization)}/{Percent(share)}",
        _ => $"{Text(now?.Value)}/{Text(target?.Value)}",
    };

    private static string Text(ResourceQuantity? amount) => amount is null ? Unknown : Quantity.Of(amount).ToString();

    private static string Percent(int? share)
        => share is { } number ? string.Create(CultureInfo.InvariantCulture, $"{number}%") : Unknown;
}
