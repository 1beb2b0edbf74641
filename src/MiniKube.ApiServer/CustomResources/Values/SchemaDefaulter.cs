using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>
/// Fills in what a schema has defaults for. A null that may not be null counts as missing: the default comes in its place, or it goes.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable
/// </summary>
internal static class SchemaDefaulter
{
    /// <param name="body">Changed in place.</param>
    /// <param name="schema">Of the whole object.</param>
    public static void Apply(JsonObject body, StructuralSchema schema) => Fields(body, schema);

    private static void Value(JsonNode? value, StructuralSchema? schema)
    {
        switch (value)
        {
            case JsonObject fields when schema is not null:
                Fields(fields, schema);
                break;
            case JsonArray items when schema?.Items is { } element:
                Items(items, element);
                break;
        }
    }

    private static void Fields(JsonObject fields, StructuralSchema schema)
    {
        foreach (var (name, property) in schema.Properties)
        {
            var isThere = fields.TryGetPropertyValue(name, out var value);
            if (isThere && (value is not null || property.Nullable))
            {
                continue;
            }

            if (property.Default is { } fallback)
            {
                fields[name] = fallback.DeepClone();
            }
            else if (isThere && IsTyped(property))
            {
                fields.Remove(name);
            }
        }

        foreach (var (name, value) in fields)
        {
            if (schema.Field(name) is { } known)
            {
                Value(value, known);
            }
        }

        if (schema.AdditionalProperties is { Nullable: false } other)
        {
            Entries(fields, schema, other);
        }
    }

    private static void Entries(JsonObject fields, StructuralSchema schema, StructuralSchema other)
    {
        var empty = fields.Where(field => field.Value is null && !schema.Properties.ContainsKey(field.Key));
        foreach (var name in empty.Select(static field => field.Key).ToList())
        {
            if (other.Default is { } fallback)
            {
                fields[name] = fallback.DeepClone();
                Value(fields[name], other);
            }
            else if (IsTyped(other))
            {
                fields.Remove(name);
            }
        }
    }

    private static void Items(JsonArray items, StructuralSchema element)
    {
        for (var index = 0; index < items.Count; index++)
        {
            if (items[index] is null && !element.Nullable && element.Default is { } fallback)
            {
                items[index] = fallback.DeepClone();
            }

            Value(items[index], element);
        }
    }

    // A part that takes anything takes null, too.
    private static bool IsTyped(StructuralSchema schema) => schema.Type.Length > 0 || schema.IsIntOrString;
}
