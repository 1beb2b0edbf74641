using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Reads and writes fields of custom objects by paths. Pure.</summary>
internal static class CustomFields
{
    /// <summary>Everything the path leads to.</summary>
    public static IEnumerable<JsonNode?> Select(CustomObject item, JsonPath path) => path.Select(path.First switch
    {
        "metadata" => new JsonObject { ["metadata"] = JsonSerializer.SerializeToNode(item.Metadata, MetadataType) },
        "apiVersion" => new JsonObject { ["apiVersion"] = item.ApiVersion },
        "kind" => new JsonObject { ["kind"] = item.Kind },
        _ => item.Body,
    });

    /// <summary>The value as a text that selectors compare; empty when there is none.</summary>
    public static string Text(CustomObject item, JsonPath path) => Text(Select(item, path).FirstOrDefault());

    public static string Text(JsonNode? value) => value switch
    {
        null => "",
        JsonValue single => JsonKinds.TextOf(single) ?? single.ToJsonString(),
        _ => value.ToJsonString(),
    };

    /// <summary>The whole number at the path, or null.</summary>
    public static int? Number(CustomObject item, JsonPath path)
        => JsonKinds.NumberOf(Select(item, path).FirstOrDefault()) is { } number ? (int)number : null;

    /// <summary>Writes a value; objects on the way are made.</summary>
    public static void Set(JsonObject body, ImmutableArray<string> names, JsonNode value)
    {
        var fields = body;
        foreach (var name in names[..^1])
        {
            if (fields[name] is not JsonObject below)
            {
                below = [];
                fields[name] = below;
            }

            fields = below;
        }

        fields[names[^1]] = value;
    }

    private static System.Text.Json.Serialization.Metadata.JsonTypeInfo<k8s.Models.V1ObjectMeta> MetadataType { get; }
        = ObjectJson.TypeInfo<k8s.Models.V1ObjectMeta>();
}
