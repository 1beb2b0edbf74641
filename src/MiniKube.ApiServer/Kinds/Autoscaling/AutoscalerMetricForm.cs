using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Metrics in the form they had before <c>autoscaling/v2</c>, which annotations of <c>autoscaling/v1</c> objects still have: the target
/// is not an object of its own but fields with names of their own per source.
/// </summary>
internal static class AutoscalerMetricForm
{
    private const string AverageValue = "AverageValue";
    private const string Utilization = "Utilization";

    public static JsonNode OfSpec(V2MetricSpec metric)
    {
        var json = new JsonObject { ["type"] = metric.Type };
        if (metric.Resource is { } resource)
        {
            json["resource"] = Shares(resource.Name, null, "target", resource.Target?.AverageUtilization, resource.Target?.AverageValue);
        }

        if (metric.ContainerResource is { } part)
        {
            json["containerResource"] = Shares(
                part.Name, part.Container, "target", part.Target?.AverageUtilization, part.Target?.AverageValue);
        }

        if (metric.Pods is { } pods)
        {
            json["pods"] = Some(
                ("metricName", pods.Metric?.Name), ("selector", Node(pods.Metric?.Selector)),
                ("targetAverageValue", Text(pods.Target?.AverageValue) ?? "0"));
        }

        if (metric.ObjectProperty is { } item)
        {
            json["object"] = Some(
                ("target", Node(item.DescribedObject)), ("metricName", item.Metric?.Name), ("selector", Node(item.Metric?.Selector)),
                ("targetValue", Text(item.Target?.Value) ?? "0"), ("averageValue", Text(item.Target?.AverageValue)));
        }

        if (metric.External is { } external)
        {
            json["external"] = Some(
                ("metricName", external.Metric?.Name), ("metricSelector", Node(external.Metric?.Selector)),
                ("targetValue", Text(external.Target?.Value)), ("targetAverageValue", Text(external.Target?.AverageValue)));
        }

        return json;
    }

    public static JsonNode OfStatus(V2MetricStatus metric)
    {
        var json = new JsonObject { ["type"] = metric.Type };
        if (metric.Resource is { } resource)
        {
            json["resource"] = Shares(resource.Name, null, "current", resource.Current?.AverageUtilization, resource.Current?.AverageValue);
        }

        if (metric.ContainerResource is { } part)
        {
            json["containerResource"] = Shares(
                part.Name, part.Container, "current", part.Current?.AverageUtilization, part.Current?.AverageValue);
        }

        if (metric.Pods is { } pods)
        {
            json["pods"] = Some(
                ("metricName", pods.Metric?.Name), ("selector", Node(pods.Metric?.Selector)),
                ("currentAverageValue", Text(pods.Current?.AverageValue) ?? "0"));
        }

        if (metric.ObjectProperty is { } item)
        {
            json["object"] = Some(
                ("target", Node(item.DescribedObject)), ("metricName", item.Metric?.Name), ("selector", Node(item.Metric?.Selector)),
                ("currentValue", Text(item.Current?.Value) ?? "0"), ("averageValue", Text(item.Current?.AverageValue)));
        }

        if (metric.External is { } external)
        {
            json["external"] = Some(
                ("metricName", external.Metric?.Name), ("metricSelector", Node(external.Metric?.Selector)),
                ("currentValue", Text(external.Current?.Value) ?? "0"), ("currentAverageValue", Text(external.Current?.AverageValue)));
        }

        return json;
    }

    /// <exception cref="FormatException">It is no metric.</exception>
    public static V2MetricSpec ToSpec(JsonObject json)
    {
        var metric = new V2MetricSpec { Type = Word(json, "type") };
        if (json["resource"] is JsonObject resource)
        {
            metric.Resource = new V2ResourceMetricSource { Name = Word(resource, "name"), Target = SharesTarget(resource) };
        }

        if (json["containerResource"] is JsonObject part)
        {
            metric.ContainerResource = new V2ContainerResourceMetricSource
            {
                Name = Word(part, "name"),
                Container = Word(part, "container"),
                Target = SharesTarget(part),
            };
        }

        if (json["pods"] is JsonObject pods)
        {
            metric.Pods = new V2PodsMetricSource
            {
                Metric = Named(pods, "selector"),
                Target = new V2MetricTarget { Type = AverageValue, AverageValue = Amount(pods, "targetAverageValue") },
            };
        }

        if (json["object"] is JsonObject item)
        {
            metric.ObjectProperty = new V2ObjectMetricSource
            {
                DescribedObject = Typed<V2CrossVersionObjectReference>(item["target"]),
                Metric = Named(item, "selector"),
                Target = ValueTarget(Amount(item, "targetValue"), Amount(item, "averageValue")),
            };
        }

        if (json["external"] is JsonObject external)
        {
            metric.External = new V2ExternalMetricSource
            {
                Metric = Named(external, "metricSelector"),
                Target = ValueTarget(Amount(external, "targetValue"), Amount(external, "targetAverageValue")),
            };
        }

        return metric;
    }

    /// <exception cref="FormatException">It is no metric.</exception>
    public static V2MetricStatus ToStatus(JsonObject json)
    {
        var metric = new V2MetricStatus { Type = Word(json, "type") };
        if (json["resource"] is JsonObject resource)
        {
            metric.Resource = new V2ResourceMetricStatus { Name = Word(resource, "name"), Current = SharesNow(resource) };
        }

        if (json["containerResource"] is JsonObject part)
        {
            metric.ContainerResource = new V2ContainerResourceMetricStatus
            {
                Name = Word(part, "name"),
                Container = Word(part, "container"),
                Current = SharesNow(part),
            };
        }

        if (json["pods"] is JsonObject pods)
        {
            metric.Pods = new V2PodsMetricStatus
            {
                Metric = Named(pods, "selector"),
                Current = new V2MetricValueStatus { AverageValue = Amount(pods, "currentAverageValue") },
            };
        }

        if (json["object"] is JsonObject item)
        {
            metric.ObjectProperty = new V2ObjectMetricStatus
            {
                DescribedObject = Typed<V2CrossVersionObjectReference>(item["target"]),
                Metric = Named(item, "selector"),
                Current = new V2MetricValueStatus { Value = Amount(item, "currentValue"), AverageValue = Amount(item, "averageValue") },
            };
        }

        if (json["external"] is JsonObject external)
        {
            metric.External = new V2ExternalMetricStatus
            {
                Metric = Named(external, "metricSelector"),
                Current = new V2MetricValueStatus
                {
                    Value = Amount(external, "currentValue"),
                    AverageValue = Amount(external, "currentAverageValue"),
                },
            };
        }

        return metric;
    }

    private static JsonObject Shares(string name, string? container, string what, int? share, ResourceQuantity? amount) => Some(
        ("name", name), ("container", container), ($"{what}AverageUtilization", share is { } number ? JsonValue.Create(number) : null),
        ($"{what}AverageValue", Text(amount)));

    private static V2MetricTarget SharesTarget(JsonObject json) => json["targetAverageUtilization"] is { } share
        ? new V2MetricTarget { Type = Utilization, AverageUtilization = Whole(share) }
        : new V2MetricTarget { Type = AverageValue, AverageValue = Amount(json, "targetAverageValue") };

    private static V2MetricValueStatus SharesNow(JsonObject json) => new()
    {
        AverageUtilization = json["currentAverageUtilization"] is { } share ? Whole(share) : null,
        AverageValue = Amount(json, "currentAverageValue"),
    };

    // The old form always has a value; it is a dummy when there is an average.
    private static V2MetricTarget ValueTarget(ResourceQuantity? value, ResourceQuantity? average) => average is null
        ? new V2MetricTarget { Type = "Value", Value = value }
        : new V2MetricTarget { Type = AverageValue, AverageValue = average };

    private static V2MetricIdentifier Named(JsonObject json, string selector) => new()
    {
        Name = Word(json, "metricName"),
        Selector = json[selector] is JsonObject chosen ? Typed<V1LabelSelector>(chosen) : null,
    };

    private static string Word(JsonObject json, string name) => json[name]?.GetValue<string>() ?? "";

    private static ResourceQuantity? Amount(JsonObject json, string name)
        => json[name] is { } text ? new ResourceQuantity(Quantity.Parse(text.GetValue<string>()).ToString()) : null;

    private static int Whole(JsonNode number)
        => int.Parse(number.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static string? Text(ResourceQuantity? amount) => amount is null ? null : Quantity.Of(amount).ToString();

    private static JsonNode? Node<T>(T? value)
        where T : class
        => value is null ? null : JsonTree.Parse(ObjectJson.Encode(value));

    private static T Typed<T>(JsonNode? json)
        => ObjectJson.Decode<T>(JsonText.Encode(json ?? throw new FormatException("a part is missing")));

    private static JsonObject Some(params ReadOnlySpan<(string Name, JsonNode? Value)> parts)
    {
        var json = new JsonObject();
        foreach (var (name, value) in parts)
        {
            if (value is not null)
            {
                json[name] = value;
            }
        }

        return json;
    }
}
