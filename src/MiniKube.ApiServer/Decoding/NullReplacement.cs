using System.Buffers;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>
/// In Kubernetes null stands for the zero value, also in lists and maps, where our models would keep a null: <c>data: {a: null}</c>
/// is an empty text. Rewrites such bodies; rare, so it may cost a pass of its own.
/// </summary>
internal static class NullReplacement
{
    public static byte[] Rewrite(ReadOnlySpan<byte> json, JsonShape shape)
    {
        var reader = new Utf8JsonReader(json);
        var buffer = new ArrayBufferWriter<byte>(json.Length + 256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            reader.Read();
            Value(ref reader, writer, shape, inside: false);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Value(ref Utf8JsonReader reader, Utf8JsonWriter writer, JsonShape shape, bool inside)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null when inside || !shape.TakesNull:
                Zero(writer, shape.Kind);
                break;
            case JsonTokenType.StartObject:
                Fields(ref reader, writer, shape);
                break;
            case JsonTokenType.StartArray:
                Items(ref reader, writer, shape);
                break;
            default:
                using (var value = JsonDocument.ParseValue(ref reader))
                {
                    value.WriteTo(writer);
                }

                break;
        }
    }

    private static void Fields(ref Utf8JsonReader reader, Utf8JsonWriter writer, JsonShape shape)
    {
        writer.WriteStartObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            writer.WritePropertyName(name);
            var inMap = shape.Kind == ShapeKind.Map;
            var below = inMap ? shape.Element
                : shape.Properties.TryGetValue(name, out var property) ? property.Shape : JsonShape.Of(typeof(object));
            Value(ref reader, writer, below, inMap);
        }

        writer.WriteEndObject();
    }

    private static void Items(ref Utf8JsonReader reader, Utf8JsonWriter writer, JsonShape shape)
    {
        writer.WriteStartArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Value(ref reader, writer, shape.Element, inside: true);
        }

        writer.WriteEndArray();
    }

    private static void Zero(Utf8JsonWriter writer, ShapeKind kind)
    {
        switch (kind)
        {
            case ShapeKind.Object or ShapeKind.Map:
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
            case ShapeKind.List:
                writer.WriteStartArray();
                writer.WriteEndArray();
                break;
            case ShapeKind.Boolean:
                writer.WriteBooleanValue(false);
                break;
            case ShapeKind.Text or ShapeKind.Bytes:
                writer.WriteStringValue("");
                break;
            case ShapeKind.Any or ShapeKind.Time:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteNumberValue(0);
                break;
        }
    }
}
