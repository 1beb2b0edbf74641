using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>
/// The OpenAPI v2 document in the form Go clients ask for: the messages of gnostic's <c>openapi.v2</c>. kubectl checks documents of kind
/// List with it. Made from the JSON form; what the JSON form has not, is not here either. Pure.
/// https://github.com/google/gnostic/blob/main/openapiv2/OpenAPIv2.proto
/// </summary>
internal static class OpenApiProtobuf
{
    /// <summary>What clients ask for. Answers have a dot for the <c>@</c>, which a Content-Type cannot hold.</summary>
    public const string AcceptType = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

    public const string ContentType = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    private static readonly Dictionary<string, int> Methods = new(StringComparer.Ordinal)
    {
        ["get"] = 2, ["put"] = 3, ["post"] = 4, ["delete"] = 5, ["options"] = 6, ["head"] = 7, ["patch"] = 8,
    };

    public static byte[] Encode(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var writer = new ProtobufWriter();
        writer.Text(1, root.GetProperty("swagger").GetString());
        writer.Message(2, info => WriteInfo(info, root.GetProperty("info")));
        writer.Message(8, paths =>
        {
            foreach (var path in root.GetProperty("paths").EnumerateObject())
            {
                WriteNamed(paths, 2, path.Name, item => WritePath(item, path.Value));
            }
        });
        writer.Message(9, definitions => WriteSchemas(definitions, root.GetProperty("definitions")));
        return writer.Written.ToArray();
    }

    private static void WriteInfo(ProtobufWriter writer, JsonElement info)
    {
        writer.Text(1, Text(info, "title"));
        writer.Text(2, Text(info, "version"));
    }

    private static void WritePath(ProtobufWriter writer, JsonElement path)
    {
        foreach (var member in path.EnumerateObject())
        {
            if (Methods.TryGetValue(member.Name, out var field))
            {
                writer.Message(field, operation => WriteOperation(operation, member.Value));
            }
        }

        WriteParameters(writer, 9, path);
        WriteExtensions(writer, 10, path);
    }

    private static void WriteOperation(ProtobufWriter writer, JsonElement operation)
    {
        writer.Text(3, Text(operation, "description"));
        writer.Text(5, Text(operation, "operationId"));
        WriteTexts(writer, 6, operation, "produces");
        WriteTexts(writer, 7, operation, "consumes");
        WriteParameters(writer, 8, operation);
        if (operation.TryGetProperty("responses", out var responses))
        {
            writer.Message(9, all =>
            {
                foreach (var response in responses.EnumerateObject())
                {
                    WriteNamed(all, 1, response.Name, value => value.Message(1, one => WriteResponse(one, response.Value)));
                }
            });
        }

        WriteExtensions(writer, 13, operation);
    }

    private static void WriteResponse(ProtobufWriter writer, JsonElement response)
    {
        writer.Text(1, Text(response, "description"));
        if (response.TryGetProperty("schema", out var schema))
        {
            writer.Message(2, item => item.Message(1, one => WriteSchema(one, schema)));
        }
    }

    private static void WriteParameters(ProtobufWriter writer, int field, JsonElement owner)
    {
        if (!owner.TryGetProperty("parameters", out var parameters))
        {
            return;
        }

        foreach (var parameter in parameters.EnumerateArray())
        {
            writer.Message(field, item => item.Message(1, one => WriteParameter(one, parameter)));
        }
    }

    // The kinds of parameters are messages of their own, and a query's has a field more in the middle.
    private static void WriteParameter(ProtobufWriter writer, JsonElement parameter)
    {
        switch (Text(parameter, "in"))
        {
            case "body":
                writer.Message(1, body => WriteBody(body, parameter));
                break;
            case "query":
                writer.Message(2, other => other.Message(3, query => WriteValue(query, parameter, type: 6, unique: 20)));
                break;
            case "path":
                writer.Message(2, other => other.Message(4, path => WriteValue(path, parameter, type: 5, unique: 19)));
                break;
            default:
                writer.Message(2, other => other.Message(1, header => WriteValue(header, parameter, type: 5, unique: 19)));
                break;
        }
    }

    private static void WriteBody(ProtobufWriter writer, JsonElement parameter)
    {
        writer.Text(1, Text(parameter, "description"));
        writer.Text(2, Text(parameter, "name"));
        writer.Text(3, "body");
        writer.Flag(4, Is(parameter, "required"));
        if (parameter.TryGetProperty("schema", out var schema))
        {
            writer.Message(5, one => WriteSchema(one, schema));
        }
    }

    private static void WriteValue(ProtobufWriter writer, JsonElement parameter, int type, int unique)
    {
        writer.Flag(1, Is(parameter, "required"));
        writer.Text(2, Text(parameter, "in"));
        writer.Text(3, Text(parameter, "description"));
        writer.Text(4, Text(parameter, "name"));
        writer.Text(type, Text(parameter, "type"));
        writer.Text(type + 1, Text(parameter, "format"));
        writer.Flag(unique, Is(parameter, "uniqueItems"));
    }

    private static void WriteSchemas(ProtobufWriter writer, JsonElement schemas)
    {
        foreach (var schema in schemas.EnumerateObject())
        {
            WriteNamed(writer, 1, schema.Name, one => WriteSchema(one, schema.Value));
        }
    }

    private static void WriteSchema(ProtobufWriter writer, JsonElement schema)
    {
        foreach (var member in schema.EnumerateObject())
        {
            WriteMember(writer, member.Name, member.Value);
        }

        WriteExtensions(writer, 31, schema);
    }

    private static void WriteMember(ProtobufWriter writer, string name, JsonElement value)
    {
        switch (name)
        {
            case "$ref": writer.Text(1, value.GetString()); break;
            case "format": writer.Text(2, value.GetString()); break;
            case "title": writer.Text(3, value.GetString()); break;
            case "description": writer.Text(4, value.GetString()); break;
            case "default": WriteAny(writer, 5, value); break;
            case "multipleOf": writer.Real(6, value.GetDouble()); break;
            case "maximum": writer.Real(7, value.GetDouble()); break;
            case "exclusiveMaximum": writer.Flag(8, value.GetBoolean()); break;
            case "minimum": writer.Real(9, value.GetDouble()); break;
            case "exclusiveMinimum": writer.Flag(10, value.GetBoolean()); break;
            case "maxLength": writer.Number(11, value.GetInt64()); break;
            case "minLength": writer.Number(12, value.GetInt64()); break;
            case "pattern": writer.Text(13, value.GetString()); break;
            case "maxItems": writer.Number(14, value.GetInt64()); break;
            case "minItems": writer.Number(15, value.GetInt64()); break;
            case "uniqueItems": writer.Flag(16, value.GetBoolean()); break;
            case "maxProperties": writer.Number(17, value.GetInt64()); break;
            case "minProperties": writer.Number(18, value.GetInt64()); break;
            case "required": WriteAll(writer, 19, value); break;
            case "enum": WriteEach(value, one => WriteAny(writer, 20, one)); break;
            case "additionalProperties": writer.Message(21, more => WriteMore(more, value)); break;
            case "type": writer.Message(22, type => WriteType(type, value)); break;
            case "items": writer.Message(23, items => items.Message(1, one => WriteSchema(one, value))); break;
            case "allOf": WriteEach(value, one => writer.Message(24, all => WriteSchema(all, one))); break;
            case "properties": writer.Message(25, properties => WriteSchemas(properties, value)); break;
            case "readOnly": writer.Flag(27, value.GetBoolean()); break;
            case "example": WriteAny(writer, 30, value); break;
        }
    }

    private static void WriteMore(ProtobufWriter writer, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            writer.Number(2, value.GetBoolean() ? 1 : 0);
            return;
        }

        writer.Message(1, schema => WriteSchema(schema, value));
    }

    private static void WriteType(ProtobufWriter writer, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            WriteAll(writer, 1, value);
            return;
        }

        writer.Text(1, value.GetString());
    }

    private static void WriteExtensions(ProtobufWriter writer, int field, JsonElement owner)
    {
        foreach (var member in owner.EnumerateObject())
        {
            if (member.Name.StartsWith("x-", StringComparison.Ordinal))
            {
                WriteNamed(writer, field, member.Name, value => WriteYaml(value, member.Value));
            }
        }
    }

    private static void WriteAny(ProtobufWriter writer, int field, JsonElement value)
        => writer.Message(field, any => WriteYaml(any, value));

    // JSON is YAML.
    private static void WriteYaml(ProtobufWriter writer, JsonElement value) => writer.Text(2, value.GetRawText() + "\n");

    private static void WriteNamed(ProtobufWriter writer, int field, string name, Action<ProtobufWriter> write)
        => writer.Message(field, named =>
        {
            named.Text(1, name);
            named.Message(2, write);
        });

    private static void WriteTexts(ProtobufWriter writer, int field, JsonElement owner, string name)
    {
        if (owner.TryGetProperty(name, out var texts))
        {
            WriteAll(writer, field, texts);
        }
    }

    private static void WriteAll(ProtobufWriter writer, int field, JsonElement texts)
        => WriteEach(texts, one => writer.Text(field, one.GetString()));

    private static void WriteEach(JsonElement array, Action<JsonElement> write)
    {
        foreach (var one in array.EnumerateArray())
        {
            write(one);
        }
    }

    private static string? Text(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool Is(JsonElement owner, string name) => owner.TryGetProperty(name, out var value) && value.GetBoolean();
}
