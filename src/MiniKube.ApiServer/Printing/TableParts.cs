using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>The JSON of columns, cells and the objects beside them.</summary>
internal static class TableParts
{
    public static void WriteColumns(Utf8JsonWriter writer, ImmutableArray<TableColumn> columns, bool named)
    {
        if (!named)
        {
            writer.WriteNull("columnDefinitions"u8);
            return;
        }

        writer.WriteStartArray("columnDefinitions"u8);
        foreach (var column in columns)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, column.Name);
            writer.WriteString("type"u8, column.Type);
            writer.WriteString("format"u8, column.Name == "Name" ? "name"u8 : ""u8);
            writer.WriteString("description"u8, ""u8);
            writer.WriteNumber("priority"u8, column.Wide ? 1 : 0);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteRow(
        Utf8JsonWriter writer, ImmutableArray<TableColumn> columns, TableRow row, IncludeObject include, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("cells"u8);
        foreach (var column in columns)
        {
            WriteCell(writer, column.Value(row.Item, now));
        }

        writer.WriteEndArray();
        WriteObject(writer, row.Json, include);
        writer.WriteEndObject();
    }

    /// <summary>The bytes of <c>metadata</c> in canonical JSON, where it is always there and at the top level.</summary>
    public static ReadOnlySpan<byte> Metadata(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return "{}"u8;
    }

    private static void WriteCell(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteStringValue("<none>"u8);
                break;
            case DBNull:
                writer.WriteNullValue();
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, ReadOnlyMemory<byte> json, IncludeObject include)
    {
        switch (include)
        {
            case IncludeObject.Object:
                writer.WritePropertyName("object"u8);
                writer.WriteRawValue(json.Span, skipInputValidation: true);
                break;
            case IncludeObject.Metadata:
                writer.WriteStartObject("object"u8);
                writer.WriteString("kind"u8, "PartialObjectMetadata"u8);
                writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
                writer.WritePropertyName("metadata"u8);
                writer.WriteRawValue(Metadata(json.Span), skipInputValidation: true);
                writer.WriteEndObject();
                break;
        }
    }
}
