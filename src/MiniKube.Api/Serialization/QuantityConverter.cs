using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// Quantities by Kubernetes' rules: strings and bare numbers are read, anything else refused; written in canonical form. (The
/// models' own converter also takes spaces inside and misprints negative amounts.)
/// </summary>
internal sealed class QuantityConverter : JsonConverter<ResourceQuantity>
{
    public override ResourceQuantity? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => Raw(ref reader),
            _ => throw new JsonException("expected a quantity"),
        };
        return Quantity.TryParse(text, out var quantity, out var problem) ? quantity.ToModel() : throw new JsonException(problem);
    }

    public override void Write(Utf8JsonWriter writer, ResourceQuantity value, JsonSerializerOptions options)
        => writer.WriteStringValue(Quantity.Of(value).ToString());

    private static string Raw(ref Utf8JsonReader reader)
        => Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
}
