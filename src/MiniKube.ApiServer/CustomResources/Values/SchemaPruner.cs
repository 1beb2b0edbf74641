using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>
/// Removes the fields a schema does not know, and says where they were.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
/// </summary>
internal static class SchemaPruner
{
    private static readonly string[] TypeFields = ["apiVersion", "kind", "metadata"];

    /// <param name="body">The fields of the object but kind and metadata; changed in place.</param>
    /// <param name="schema">Of the whole object.</param>
    /// <param name="removed">Gets the path of each field that was removed, in the order they were written.</param>
    public static void Prune(JsonObject body, StructuralSchema schema, List<string> removed)
        => Fields(body, schema, "", isResource: true, removed);

    private static void Value(JsonNode? value, StructuralSchema? schema, string path, List<string> removed)
    {
        switch (value)
        {
            case JsonObject fields:
                Fields(fields, schema ?? Unknown, path, schema?.IsEmbeddedResource == true, removed);
                break;
            case JsonArray items:
                for (var index = 0; index < items.Count; index++)
                {
                    Value(items[index], schema?.Items ?? (schema is { PreservesUnknown: true } ? Unknown : schema?.Items),
                        $"{path}[{index}]", removed);
                }

                break;
        }
    }

    // Below a part without a schema that is kept, everything is kept.
    private static StructuralSchema Unknown { get; } = new() { PreservesUnknown = true };

    private static void Fields(JsonObject fields, StructuralSchema schema, string path, bool isResource, List<string> removed)
    {
        foreach (var name in fields.Select(static field => field.Key).ToList())
        {
            var place = path.Length == 0 ? name : $"{path}.{name}";
            if (isResource && TypeFields.Contains(name))
            {
                continue;
            }

            if (schema.Field(name) is { } known)
            {
                Value(fields[name], known, place, removed);
            }
            else if (!schema.PreservesUnknown)
            {
                fields.Remove(name);
                removed.Add(place);
            }
        }
    }
}
