using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube;

/// <summary>
/// What <c>apply</c> sends: whatever the manifest says and the object does not, and the removal of what the manifest applied last
/// said and this one no longer says. Fields that nobody applied (defaults, status, what controllers set) are left alone. Pure.
/// https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#how-apply-calculates-differences-and-merges-changes
/// </summary>
internal static class ThreeWayPatch
{
    /// <param name="applied">The manifest of the last apply; null when there was none.</param>
    /// <param name="wanted">The manifest now.</param>
    /// <param name="current">The object in the cluster.</param>
    /// <param name="schema">
    /// How lists merge; with <see cref="PatchSchema.Unknown"/> the result is an RFC 7386 merge patch.
    /// </param>
    public static JsonObject Create(JsonObject? applied, JsonObject wanted, JsonObject current, PatchSchema schema)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in wanted)
        {
            AddDifference(patch, name, applied?[name], value, current[name], schema);
        }

        foreach (var (name, value) in applied ?? [])
        {
            if (value is not null && !wanted.ContainsKey(name) && current.ContainsKey(name))
            {
                patch[name] = null;
            }
        }

        return patch;
    }

    private static void AddDifference(
        JsonObject patch, string name, JsonNode? applied, JsonNode? wanted, JsonNode? current, PatchSchema schema)
    {
        switch (wanted, current)
        {
            case (null, null):
                return;
            case (JsonObject wantedMap, JsonObject currentMap):
                AddMap(patch, name, Create(applied as JsonObject, wantedMap, currentMap, schema.Below(name)), wantedMap, schema);
                return;
            case (JsonArray wantedList, JsonArray currentList) when schema.Strategy(name) is { } strategy:
                var lists = new ThreeWayList(name, strategy, schema.Below(name));
                lists.AddTo(patch, applied as JsonArray, wantedList, currentList);
                return;
            default:
                if (!JsonNode.DeepEquals(wanted, current))
                {
                    patch[name] = wanted?.DeepClone();
                }

                return;
        }
    }

    private static void AddMap(JsonObject patch, string name, JsonObject difference, JsonObject wanted, PatchSchema schema)
    {
        if (difference.Count == 0)
        {
            return;
        }

        if (schema.Strategy(name) is { RetainKeys: true })
        {
            difference["$retainKeys"] = NamesOf(wanted);
        }

        patch[name] = difference;
    }

    /// <summary>The names of a map's keys, as <c>$retainKeys</c> wants them.</summary>
    internal static JsonArray NamesOf(JsonObject map)
        => new([.. map.Where(static pair => pair.Value is not null).Select(static pair => (JsonNode?)JsonValue.Create(pair.Key))]);
}
