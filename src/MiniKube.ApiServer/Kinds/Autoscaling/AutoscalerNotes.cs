using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What <c>autoscaling/v1</c> has no fields for, as Kubernetes keeps it in annotations: metrics in the form of the first beta, the
/// behavior and the conditions in that of <c>v2</c>. An annotation that cannot be read counts as none, as there.
/// </summary>
internal sealed class AutoscalerNotes
{
    private const string Prefix = "autoscaling.alpha.kubernetes.io/";
    private const string MetricsName = $"{Prefix}metrics";
    private const string CurrentMetricsName = $"{Prefix}current-metrics";
    private const string ConditionsName = $"{Prefix}conditions";
    private const string BehaviorName = $"{Prefix}behavior";

    private static readonly string[] AllNames = [MetricsName, CurrentMetricsName, ConditionsName, BehaviorName];

    public required List<V2MetricSpec> Metrics { get; init; }

    public required List<V2MetricStatus> CurrentMetrics { get; init; }

    public IList<V2HorizontalPodAutoscalerCondition>? Conditions { get; init; }

    public V2HorizontalPodAutoscalerBehavior? Behavior { get; init; }

    /// <summary>What the annotations of an object in <c>autoscaling/v1</c> say.</summary>
    public static AutoscalerNotes Of(V1ObjectMeta? metadata) => new()
    {
        Metrics = Read(metadata, MetricsName, static json => Items(json).Select(AutoscalerMetricForm.ToSpec).ToList()) ?? [],
        CurrentMetrics
            = Read(metadata, CurrentMetricsName, static json => Items(json).Select(AutoscalerMetricForm.ToStatus).ToList()) ?? [],
        Conditions = Read(metadata, ConditionsName, Typed<IList<V2HorizontalPodAutoscalerCondition>>),
        Behavior = Read(metadata, BehaviorName, Typed<V2HorizontalPodAutoscalerBehavior>),
    };

    /// <summary>The metadata to store: these annotations are fields there.</summary>
    public static V1ObjectMeta? Without(V1ObjectMeta? metadata)
    {
        if (metadata?.Annotations is { } annotations && AllNames.Any(annotations.ContainsKey))
        {
            metadata.Annotations = annotations.Where(static one => !AllNames.Contains(one.Key)).ToDictionary();
        }

        return metadata;
    }

    /// <summary>The metadata to show in <c>autoscaling/v1</c>.</summary>
    public static V1ObjectMeta With(V2HorizontalPodAutoscaler stored)
    {
        var notes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(MetricsName, stored.Spec?.Metrics?.Where(static one => !IsProcessorShare(one)).Select(AutoscalerMetricForm.OfSpec));
        Add(CurrentMetricsName, stored.Status?.CurrentMetrics?.Select(AutoscalerMetricForm.OfStatus));
        Add(ConditionsName, stored.Status?.Conditions?.Select(static one => JsonTree.Parse(ObjectJson.Encode(one))!));
        if (stored.Spec?.Behavior is { } behavior)
        {
            notes[BehaviorName] = Text(ObjectJson.Encode(behavior));
        }

        if (notes.Count == 0)
        {
            return stored.Metadata;
        }

        var metadata = ObjectJson.Copy(stored.Metadata);
        foreach (var (name, value) in stored.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            notes.TryAdd(name, value);
        }

        metadata.Annotations = notes;
        return metadata;

        void Add(string name, IEnumerable<JsonNode>? items)
        {
            if (items?.ToArray() is { Length: > 0 } all)
            {
                notes[name] = Text(JsonText.Encode(new JsonArray(all)));
            }
        }
    }

    /// <summary>The one metric that <c>autoscaling/v1</c> has a field for.</summary>
    public static bool IsProcessorShare(V2MetricSpec metric)
        => metric is { Type: "Resource", Resource: { Name: "cpu", Target.AverageUtilization: not null } };

    private static string Text(byte[] json) => System.Text.Encoding.UTF8.GetString(json);

    private static T? Read<T>(V1ObjectMeta? metadata, string name, Func<byte[], T> read)
        where T : class
    {
        if (metadata?.Annotations?.TryGetValue(name, out var text) is not true || text is null)
        {
            return null;
        }

        try
        {
            return read(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (Exception malformed) when (malformed is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            return null;
        }
    }

    private static T Typed<T>(byte[] json) => ObjectJson.Decode<T>(json);

    private static IEnumerable<JsonObject> Items(byte[] json)
        => ((JsonTree.Parse(json) as JsonArray) ?? throw new FormatException("no list")).OfType<JsonObject>();
}
