using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>What a JSON value is in the words of schemas.</summary>
internal static class JsonKinds
{
    /// <summary><c>object</c>, <c>array</c>, <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c> or <c>null</c>.</summary>
    public static string Of(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Number => IsWhole(value) ? "integer" : "number",
        _ => "null",
    };

    public static bool IsWhole(JsonNode value)
        => value is JsonValue number && (number.TryGetValue<long>(out _) || (number.TryGetValue<double>(out var real)
            && real == Math.Floor(real)));

    /// <summary>The number, or null for what is none.</summary>
    public static double? NumberOf(JsonNode? value)
        => value is not JsonValue number ? null
            : number.TryGetValue<long>(out var whole) ? whole
            : number.TryGetValue<double>(out var real) ? real : null;

    /// <summary>The text, or null for what is none.</summary>
    public static string? TextOf(JsonNode? value) => value is JsonValue text && text.TryGetValue<string>(out var found) ? found : null;
}
