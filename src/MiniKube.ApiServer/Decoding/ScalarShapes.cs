using System.Text;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Checks single values against what their field holds.</summary>
internal static class ScalarShapes
{
    /// <summary>
    /// What is wrong with the value the reader stands on, or null. Begins with <c>json: </c> when it is the type, which the caller
    /// completes with the field's name.
    /// </summary>
    public static string? Problem(ref Utf8JsonReader reader, JsonShape shape) => shape.Kind switch
    {
        ShapeKind.Any => null,
        ShapeKind.Quantity when reader.TokenType is JsonTokenType.String or JsonTokenType.Number => QuantityProblem(ref reader),
        _ => Fits(ref reader, shape.Kind) ? null : $"json: cannot unmarshal {Found(ref reader)}",
    };

    private static bool Fits(ref Utf8JsonReader reader, ShapeKind kind) => (kind, reader.TokenType) switch
    {
        (ShapeKind.Text or ShapeKind.Bytes or ShapeKind.Time or ShapeKind.IntOrString, JsonTokenType.String) => true,
        (ShapeKind.Boolean, JsonTokenType.True or JsonTokenType.False) => true,
        (ShapeKind.Int32 or ShapeKind.IntOrString, JsonTokenType.Number) => reader.TryGetInt32(out _),
        (ShapeKind.Int64, JsonTokenType.Number) => reader.TryGetInt64(out _),
        (ShapeKind.Number, JsonTokenType.Number) => true,
        _ => false,
    };

    private static string Found(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => $"number {Encoding.UTF8.GetString(reader.ValueSpan)}",
        _ => "bool",
    };

    private static string? QuantityProblem(ref Utf8JsonReader reader)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : Encoding.UTF8.GetString(reader.ValueSpan);
        return Quantity.TryParse(text, out _, out var problem) ? null : problem;
    }
}
