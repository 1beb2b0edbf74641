using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What lists must meet: their length, and that sets and maps hold nothing twice. Pure, linear in the list.</summary>
internal static class ListRules
{
    public static void Validate(JsonArray items, StructuralSchema schema, string path, FieldErrors errors)
    {
        var limits = schema.Limits;
        if (items.Count > limits.MaxItems)
        {
            SchemaRules.TooMany(errors, path, items.Count, limits.MaxItems.Value);
        }

        if (items.Count < limits.MinItems)
        {
            SchemaRules.Problem(errors, path, (long)items.Count, string.Create(
                CultureInfo.InvariantCulture, $"should have at least {limits.MinItems} items"));
        }

        switch (schema.ListType)
        {
            case "set":
                Distinct(items, path, static item => item, errors);
                break;
            case "map":
                Distinct(items, path, item => KeyOf(item, schema), errors);
                break;
        }
    }

    /// <summary>
    /// What tells an element of a <c>map</c> list apart, keys that are missing as their defaults; null for what is no object.
    /// </summary>
    public static JsonObject? KeyOf(JsonNode? item, StructuralSchema list)
    {
        if (item is not JsonObject fields)
        {
            return null;
        }

        var key = new JsonObject();
        foreach (var name in list.ListMapKeys)
        {
            var value = fields.TryGetPropertyValue(name, out var found) ? found : list.Items?.Properties.GetValueOrDefault(name)?.Default;
            if (value is not null)
            {
                key[name] = value.DeepClone();
            }
        }

        return key;
    }

    private static void Distinct(JsonArray items, string path, Func<JsonNode?, JsonNode?> keyOf, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < items.Count; index++)
        {
            if (keyOf(items[index]) is { } key && !seen.Add(Text(key)))
            {
                errors.Duplicate(string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), key);
            }
        }
    }

    // Equal values have equal texts: the names of fields are in order.
    private static string Text(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            JsonTree.Write(writer, node);
        }

        return System.Text.Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
