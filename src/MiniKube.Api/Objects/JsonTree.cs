using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube.Api;

/// <summary>
/// JSON as nodes that any number of threads may read: everything is there from the start, nothing is unfolded at the first look.
/// Numbers are whole (64 bits) or real, as Kubernetes takes them.
/// </summary>
public static class JsonTree
{
    /// <summary>The value the reader is at; leaves the reader on its last token. Of repeated names the last one counts.</summary>
    /// <param name="reader">At the first token of the value.</param>
    /// <param name="repeated">Called with each name that an object has twice, and the names above it.</param>
    /// <exception cref="JsonException">Broken JSON, or a number that is too large.</exception>
    public static JsonNode? Read(ref Utf8JsonReader reader, Action<string>? repeated = null)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, repeated);
            case JsonTokenType.StartArray:
                return ReadArray(ref reader, repeated);
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.True or JsonTokenType.False:
                return JsonValue.Create(reader.GetBoolean());
            case JsonTokenType.Number:
                return ReadNumber(ref reader);
            default:
                return null;
        }
    }

    /// <summary>The value of a whole text.</summary>
    /// <exception cref="JsonException">Broken JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>The same value as nodes of their own.</summary>
    public static JsonNode? Of(JsonElement element) => Parse(System.Text.Encoding.UTF8.GetBytes(element.GetRawText()));

    /// <summary>Writes a value, the fields of objects in order of their names.</summary>
    public static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonObject fields:
                writer.WriteStartObject();
                WriteFields(writer, fields);
                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (var item in items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    /// <summary>Writes the fields of an object, in order of their names, without its brackets.</summary>
    public static void WriteFields(Utf8JsonWriter writer, JsonObject fields)
    {
        foreach (var (name, value) in fields.OrderBy(static field => field.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }
    }

    private static JsonObject ReadObject(ref Utf8JsonReader reader, Action<string>? repeated)
    {
        var fields = new JsonObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (repeated is not null && fields.ContainsKey(name))
            {
                repeated(name);
            }

            fields[name] = Read(ref reader, Below(repeated, name));
        }

        return fields;
    }

    private static JsonArray ReadArray(ref Utf8JsonReader reader, Action<string>? repeated)
    {
        var items = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Read(ref reader, Below(repeated, $"[{items.Count}]")));
        }

        return items;
    }

    private static Action<string>? Below(Action<string>? repeated, string place)
        => repeated is null ? null : below => repeated(below.StartsWith('[') ? place + below : $"{place}.{below}");

    private static JsonValue ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var whole))
        {
            return JsonValue.Create(whole);
        }

        var real = reader.GetDouble();
        return double.IsFinite(real) ? JsonValue.Create(real) : throw new JsonException("a number is too large");
    }
}
