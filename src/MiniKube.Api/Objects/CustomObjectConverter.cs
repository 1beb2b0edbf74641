using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>Reads and writes <see cref="CustomObject"/>; whole numbers stay whole, and names are written in order.</summary>
internal sealed class CustomObjectConverter : JsonConverter<CustomObject>
{
    public override CustomObject Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("expected an object");
        }

        var item = new CustomObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "apiVersion":
                    item.ApiVersion = Text(ref reader, name);
                    break;
                case "kind":
                    item.Kind = Text(ref reader, name);
                    break;
                case "metadata":
                    item.Metadata = JsonSerializer.Deserialize(ref reader, ObjectJson.TypeInfo<V1ObjectMeta>()) ?? new V1ObjectMeta();
                    break;
                default:
                    item.Body[name] = JsonTree.Read(ref reader);
                    break;
            }
        }

        return item;
    }

    public override void Write(Utf8JsonWriter writer, CustomObject value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("apiVersion"u8, value.ApiVersion);
        writer.WriteString("kind"u8, value.Kind);
        writer.WritePropertyName("metadata"u8);
        JsonSerializer.Serialize(writer, value.Metadata, ObjectJson.TypeInfo<V1ObjectMeta>());
        JsonTree.WriteFields(writer, value.Body);
        writer.WriteEndObject();
    }

    private static string Text(ref Utf8JsonReader reader, string name) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Null => "",
        _ => throw new JsonException($"expected a string in {name}"),
    };
}
