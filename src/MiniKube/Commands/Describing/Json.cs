using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Short ways into JSON whose shape the API promises.</summary>
internal static class Json
{
    /// <summary>The value's text, or null when it is absent.</summary>
    public static string? Text(this JsonNode? node, string name) => (node as JsonObject)?[name]?.ToString();

    /// <summary>The map of that name, or an empty one.</summary>
    public static JsonObject Map(this JsonNode? node, string name) => (node as JsonObject)?[name] as JsonObject ?? [];

    /// <summary>The maps of the list of that name, or none.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, string name)
        => ((node as JsonObject)?[name] as JsonArray ?? []).OfType<JsonObject>();

    /// <summary>The values of the list of that name joined with commas, or null when there are none.</summary>
    public static string? Joined(this JsonNode? node, string name)
        => (node as JsonObject)?[name] is JsonArray { Count: > 0 } items ? string.Join(',', items) : null;
}
