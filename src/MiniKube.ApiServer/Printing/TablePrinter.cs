using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>
/// Lists, single objects and watch events as <c>meta.k8s.io/v1</c> Table, which is what <c>kubectl get</c> asks for and prints.
/// https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
/// </summary>
internal sealed class TablePrinter(TimeProvider time)
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>The table of a list.</summary>
    public void WriteList(
        IBufferWriter<byte> output,
        ResourceDefinition definition,
        IEnumerable<TableRow> rows,
        TableMetadata metadata,
        IncludeObject include)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        Write(writer, definition, rows, metadata, include, withColumns: true);
    }

    /// <summary>
    /// The table of one object: the answer to a GET, or a watch event's object. A watch names the columns in its first event only.
    /// </summary>
    public void WriteOne(
        IBufferWriter<byte> output, ResourceDefinition definition, TableRow row, IncludeObject include, bool withColumns)
    {
        using var writer = new Utf8JsonWriter(output, Options);
        var metadata = new TableMetadata(row.Item.Metadata.ResourceVersion ?? "");
        Write(writer, definition, [row], metadata, include, withColumns);
    }

    private void Write(
        Utf8JsonWriter writer,
        ResourceDefinition definition,
        IEnumerable<TableRow> rows,
        TableMetadata metadata,
        IncludeObject include,
        bool withColumns)
    {
        var columns = TableLayout.Of(definition);
        var now = time.GetUtcNow();
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Table"u8);
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        WriteMetadata(writer, metadata);
        TableParts.WriteColumns(writer, columns, withColumns);
        writer.WriteStartArray("rows"u8);
        foreach (var row in rows)
        {
            TableParts.WriteRow(writer, columns, row, include, now);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, TableMetadata metadata)
    {
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, metadata.ResourceVersion);
        if (!string.IsNullOrEmpty(metadata.Continue))
        {
            writer.WriteString("continue"u8, metadata.Continue);
        }

        if (metadata.RemainingItemCount is { } remaining)
        {
            writer.WriteNumber("remainingItemCount"u8, remaining);
        }

        writer.WriteEndObject();
    }
}
