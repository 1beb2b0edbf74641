using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>Equality of model values by what they say: the models compare lists and maps by reference.</summary>
internal static class Same
{
    /// <summary>The same bytes on the wire; the order of map entries counts.</summary>
    public static bool Json<T>(T left, T right)
        => ReferenceEquals(left, right) || ObjectJson.Encode(left).AsSpan().SequenceEqual(ObjectJson.Encode(right));

    /// <summary>The same labels, in whatever order.</summary>
    public static bool Labels(IMetadata<V1ObjectMeta> left, IMetadata<V1ObjectMeta> right)
        => Entries(left.Metadata.Labels, right.Metadata.Labels);

    /// <summary>The same entries, in whatever order; none and null are the same.</summary>
    public static bool Entries(IDictionary<string, string>? left, IDictionary<string, string>? right)
        => ReferenceEquals(left, right)
            || ((left?.Count ?? 0) == (right?.Count ?? 0)
                && (left is null || left.All(entry => right!.TryGetValue(entry.Key, out var value) && value == entry.Value)));

    /// <summary>The same content, in whatever order maps have their entries.</summary>
    public static bool Content<T>(T left, T right)
        => Json(left, right)
            || JsonNode.DeepEquals(JsonNode.Parse(ObjectJson.Encode(left)), JsonNode.Parse(ObjectJson.Encode(right)));
}
