using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>Equality of model values by what they say: the models compare lists and maps by reference.</summary>
internal static class Same
{
    /// <summary>The same bytes on the wire; the order of map entries counts.</summary>
    public static bool Json<T>(T left, T right)
        => ReferenceEquals(left, right) || ObjectJson.Encode(left).AsSpan().SequenceEqual(ObjectJson.Encode(right));

    /// <summary>The same content, in whatever order maps have their entries.</summary>
    public static bool Content<T>(T left, T right)
        => Json(left, right)
            || JsonNode.DeepEquals(JsonNode.Parse(ObjectJson.Encode(left)), JsonNode.Parse(ObjectJson.Encode(right)));
}
