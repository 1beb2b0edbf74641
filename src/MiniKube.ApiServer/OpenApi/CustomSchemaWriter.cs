using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The schema of a custom kind as descriptions show it: what the definition says, with kind and metadata as every object has them. The
/// older dialect has no words for alternatives and null; what it cannot say is left open there, so that clients refuse nothing wrongly.
/// </summary>
internal sealed class CustomSchemaWriter(Utf8JsonWriter writer, OpenApiDialect dialect, Action writeMetadata)
{
    private static readonly string[] NewerWords = ["nullable", "oneOf", "anyOf", "allOf", "not", "default", "x-kubernetes-validations"];

    /// <summary>The name other parts of the description refer to: <c>com.example.v1.Widget</c>.</summary>
    public static string NameOf(CustomResource kind)
        => $"{string.Join('.', kind.Gvr.Group.Split('.').Reverse())}.{kind.Gvr.Version}.{kind.Gvk.Kind}";

    /// <summary>The properties of the schema, without its brackets.</summary>
    public void Write(CustomResource kind)
    {
        var schema = kind.Version.Schema?.OpenAPIV3Schema is { } stated
            ? JsonTree.Parse(ObjectJson.Encode(stated))!.AsObject()
            : new JsonObject { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        if (dialect == OpenApiDialect.V2)
        {
            Reduce(schema);
        }

        var properties = schema["properties"] as JsonObject ?? [];
        var isOpen = dialect == OpenApiDialect.V2 && kind.Schema.PreservesUnknown;
        schema.Remove("properties");
        JsonTree.WriteFields(writer, schema);
        if (!isOpen)
        {
            writer.WriteStartObject("properties");
            WriteProperties(properties);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("x-kubernetes-group-version-kind");
        OpenApiPaths.WriteKind(writer, kind.Gvk);
        writer.WriteEndArray();
    }

    private void WriteProperties(JsonObject properties)
    {
        WriteText("apiVersion", "Group and version of this form of the object.");
        WriteText("kind", "What the object is.");
        writer.WritePropertyName("metadata");
        writeMetadata();
        foreach (var (name, property) in properties.OrderBy(static one => one.Key, StringComparer.Ordinal))
        {
            if (name is not ("apiVersion" or "kind" or "metadata"))
            {
                writer.WritePropertyName(name);
                JsonTree.Write(writer, property);
            }
        }
    }

    private void WriteText(string name, string description)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type", "string");
        writer.WriteString("description", description);
        writer.WriteEndObject();
    }

    private static void Reduce(JsonObject schema)
    {
        var isOpen = Is(schema, "nullable") || Is(schema, "x-kubernetes-preserve-unknown-fields")
            || Is(schema, "x-kubernetes-int-or-string");
        foreach (var word in NewerWords)
        {
            schema.Remove(word);
        }

        if (isOpen)
        {
            foreach (var word in (string[])["type", "format", "items", "properties", "additionalProperties", "required", "enum"])
            {
                schema.Remove(word);
            }
        }

        if (schema["properties"] is JsonObject properties)
        {
            foreach (var property in properties.Select(static one => one.Value).OfType<JsonObject>())
            {
                Reduce(property);
            }
        }

        foreach (var below in (string[])["items", "additionalProperties"])
        {
            if (schema[below] is JsonObject part)
            {
                Reduce(part);
            }
        }
    }

    private static bool Is(JsonObject schema, string word) => schema[word] is JsonValue flag && flag.TryGetValue<bool>(out var set) && set;
}
