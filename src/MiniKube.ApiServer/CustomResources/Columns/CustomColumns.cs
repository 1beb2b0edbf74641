using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The columns a CustomResourceDefinition states.</summary>
internal static class CustomColumns
{
    private static readonly V1CustomResourceColumnDefinition Age = new()
    {
        Name = "Age",
        Type = "date",
        JsonPath = ".metadata.creationTimestamp",
    };

    public static IEnumerable<TableColumn> Of(V1CustomResourceDefinitionVersion version)
    {
        foreach (var column in version.AdditionalPrinterColumns is { Count: > 0 } stated ? stated : [Age])
        {
            if (JsonPath.TryParse(column.JsonPath ?? "", out var path))
            {
                yield return new TableColumn(
                    column.Name,
                    column.Type,
                    column.Priority is > 0,
                    (item, now) => Cell(column.Type, CustomFields.Select((CustomObject)item, path), now));
            }
        }
    }

    // What is missing is an empty cell. Only the first of several values of a number or date is shown; texts are all told.
    private static object Cell(string type, IEnumerable<JsonNode?> found, DateTimeOffset now)
    {
        var values = found.Where(static value => value is not null).ToList();
        if (values.Count == 0)
        {
            return DBNull.Value;
        }

        return type switch
        {
            "integer" => JsonKinds.NumberOf(values[0]) is { } whole ? (long)whole : DBNull.Value,
            "number" => JsonKinds.NumberOf(values[0]) is { } real ? real : DBNull.Value,
            "boolean" => values[0] is JsonValue flag && flag.TryGetValue<bool>(out var isTrue) ? isTrue : DBNull.Value,
            "date" => Since(values[0], now),
            _ => string.Join(" ", values.Select(CustomFields.Text)),
        };
    }

    private static string Since(JsonNode? value, DateTimeOffset now)
    {
        var parsed = DateTimeOffset.TryParse(
            JsonKinds.TextOf(value), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        return parsed ? ColumnText.Since(time.UtcDateTime, now) : "<invalid>";
    }
}
