using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A default must be a value of its schema, with nothing in it that would be pruned. Pure.</summary>
internal static class DefaultRules
{
    public static void Validate(V1JSONSchemaProps schema, string path, FieldErrors errors)
    {
        if (SchemaParser.NodeOf(schema.DefaultProperty) is { } value)
        {
            One(value, SchemaParser.Parse(schema), $"{path}.default", errors);
        }

        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
        {
            Validate(property, $"{path}.properties[{name}]", errors);
        }

        if (SchemaParser.SchemaIn(schema.Items) is { } items)
        {
            Validate(items, $"{path}.items", errors);
        }

        if (SchemaParser.SchemaIn(schema.AdditionalProperties) is { } additional)
        {
            Validate(additional, $"{path}.additionalProperties", errors);
        }
    }

    private static void One(JsonNode value, StructuralSchema schema, string path, FieldErrors errors)
    {
        var removed = new List<string>();
        if (value.DeepClone() is JsonObject fields)
        {
            var whole = new JsonObject { ["value"] = fields };
            var wrapper = new StructuralSchema
            {
                Properties = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary(
                    [KeyValuePair.Create("value", schema with { Default = null })]),
            };
            SchemaPruner.Prune(whole, wrapper, removed);
            SchemaDefaulter.Apply(whole, wrapper);
            value = whole["value"]!;
        }

        if (removed.Count > 0)
        {
            errors.Invalid(path, value, $"must not have unknown fields: {string.Join(", ", removed.Select(static one => one[6..]))}");
            return;
        }

        SchemaRules.Validate(value, schema, path, errors);
    }
}
