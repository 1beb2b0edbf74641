using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>How a server-side Table is shown.</summary>
internal sealed record TableOptions
{
    public bool Wide { get; init; }

    /// <summary>A first column with the namespace.</summary>
    public bool WithNamespace { get; init; }

    public bool WithLabels { get; init; }

    public bool NoHeaders { get; init; }

    /// <summary>Goes before each name (<c>pod/</c>) when several kinds are shown; empty otherwise.</summary>
    public string NamePrefix { get; init; } = "";
}

/// <summary>
/// Prints the Tables that the server makes of objects: it knows the columns, we know the order and the width.
/// </summary>
internal sealed class ServerTable(TextWriter output, TableOptions options)
{
    public const string Accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    private readonly TableWriter _table = new(output);
    private int[] _columns = [];
    private bool _headed;

    /// <summary>Adds a Table's rows; the headers come with the first one that names its columns.</summary>
    public void Add(JsonObject table)
    {
        if (table["columnDefinitions"] is JsonArray { Count: > 0 } columns)
        {
            Choose(columns);
        }

        foreach (var row in table["rows"] as JsonArray ?? [])
        {
            _table.Add(Cells(row!));
        }
    }

    public Task FlushAsync() => _table.FlushAsync();

    private void Choose(JsonArray columns)
    {
        _columns = [.. Enumerable.Range(0, columns.Count)
            .Where(index => options.Wide || (columns[index]?["priority"]?.GetValue<int>() ?? 0) == 0)];
        if (_headed || options.NoHeaders)
        {
            return;
        }

        _headed = true;
        List<string> headers = [.. _columns.Select(index => columns[index]!["name"]!.ToString().ToUpperInvariant())];
        if (options.WithNamespace)
        {
            headers.Insert(0, "NAMESPACE");
        }

        if (options.WithLabels)
        {
            headers.Add("LABELS");
        }

        _table.Add(headers);
    }

    private List<string> Cells(JsonNode row)
    {
        var cells = row["cells"]!.AsArray();
        var metadata = row["object"]?["metadata"];
        List<string> shown = [.. _columns.Select(index => TextOf(cells[index]))];
        shown[0] = options.NamePrefix + shown[0];
        if (options.WithNamespace)
        {
            shown.Insert(0, metadata?["namespace"]?.ToString() ?? "");
        }

        if (options.WithLabels)
        {
            shown.Add(Labels.ToText(metadata?["labels"] as JsonObject));
        }

        return shown;
    }

    private static string TextOf(JsonNode? cell) => cell is null ? "<none>" : cell.ToString();
}
