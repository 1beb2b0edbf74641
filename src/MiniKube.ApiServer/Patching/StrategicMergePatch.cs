using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Kubernetes' strategic merge patch: like a merge patch, but lists with a merge key merge element by element, and directives
/// (<c>$patch</c>, <c>$retainKeys</c>, <c>$setElementOrder/F</c>, <c>$deleteFromPrimitiveList/F</c>) say the rest. Pure.
/// </summary>
internal static class StrategicMergePatch
{
    internal const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";
    private const string OrderPrefix = "$setElementOrder/";

    /// <summary>The patched object; neither argument is changed.</summary>
    /// <exception cref="ApiException">BadRequest: a directive or an element of the patch is malformed.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, Type modelType)
    {
        ArgumentNullException.ThrowIfNull(modelType);
        return MergeObject((JsonObject)target.DeepClone(), (JsonObject)patch.DeepClone(), PatchSchema.Of(modelType));
    }

    /// <summary>Merges in place: both arguments belong to the call.</summary>
    internal static JsonObject MergeObject(JsonObject target, JsonObject patch, PatchSchema schema)
    {
        switch (TakeDirective(patch))
        {
            case "replace":
                return patch;
            case "delete":
                return [];
        }

        Retain(target, patch);
        DeleteFromLists(target, patch);
        var orders = TakeOrders(patch);
        foreach (var (field, change) in patch.ToArray())
        {
            patch.Remove(field);
            MergeField(target, field, change, orders.GetValueOrDefault(field), schema);
            orders.Remove(field);
        }

        foreach (var (field, order) in orders)
        {
            Reorder(target, field, order, schema);
        }

        return target;
    }

    private static void MergeField(JsonObject target, string field, JsonNode? change, JsonArray? order, PatchSchema schema)
    {
        switch (change)
        {
            case null:
                target.Remove(field);
                break;
            case JsonObject map:
                // A new object is merged too: its directives and nulls must not end up in the result.
                var present = target[field] as JsonObject ?? [];
                target.Remove(field);
                target[field] = MergeObject(present, map, schema.Below(field));
                break;
            case JsonArray list when schema.Strategy(field) is { } strategy:
                var old = target[field] as JsonArray ?? [];
                target.Remove(field);
                target[field] = StrategicMergeList.Merge(old, list, order, strategy, schema.Below(field), field);
                break;
            default:
                target[field] = change;
                break;
        }
    }

    private static void Reorder(JsonObject target, string field, JsonArray order, PatchSchema schema)
    {
        if (target[field] is JsonArray list && schema.Strategy(field) is { } strategy)
        {
            target.Remove(field);
            target[field] = StrategicMergeList.Merge(list, [], order, strategy, schema.Below(field), field);
        }
    }

    /// <summary>Takes <c>$patch</c> out of the object; <c>merge</c> when there is none.</summary>
    internal static string TakeDirective(JsonObject patch)
    {
        if (!patch.TryGetPropertyValue(Directive, out var node))
        {
            return "merge";
        }

        patch.Remove(Directive);
        return node is JsonValue value && value.TryGetValue<string>(out var text) && text is "merge" or "replace" or "delete"
            ? node.GetValue<string>()
            : throw Malformed($"{Directive} must be merge, replace or delete");
    }

    private static void Retain(JsonObject target, JsonObject patch)
    {
        if (!patch.Remove(RetainKeys, out var node))
        {
            return;
        }

        var kept = Strings(node, RetainKeys).ToHashSet(StringComparer.Ordinal);
        foreach (var field in target.Select(member => member.Key).Where(field => !kept.Contains(field)).ToArray())
        {
            target.Remove(field);
        }
    }

    private static void DeleteFromLists(JsonObject target, JsonObject patch)
    {
        foreach (var (name, node) in patch.Where(member => IsDirective(member.Key, DeletePrefix)).ToArray())
        {
            patch.Remove(name);
            var gone = node as JsonArray ?? throw Malformed($"{name} must be a list");
            if (target[name[DeletePrefix.Length..]] is JsonArray list)
            {
                list.RemoveAll(value => gone.Any(one => JsonNode.DeepEquals(one, value)));
            }
        }
    }

    private static Dictionary<string, JsonArray> TakeOrders(JsonObject patch)
    {
        var orders = new Dictionary<string, JsonArray>(StringComparer.Ordinal);
        foreach (var (name, node) in patch.Where(member => IsDirective(member.Key, OrderPrefix)).ToArray())
        {
            patch.Remove(name);
            orders[name[OrderPrefix.Length..]] = node as JsonArray ?? throw Malformed($"{name} must be a list");
        }

        return orders;
    }

    private static bool IsDirective(string name, string prefix)
        => name.Length > prefix.Length && name.StartsWith(prefix, StringComparison.Ordinal);

    private static IEnumerable<string> Strings(JsonNode? node, string directive)
        => (node as JsonArray ?? throw Malformed($"{directive} must be a list of field names"))
            .Select(one => one is JsonValue value && value.TryGetValue<string>(out var text)
                ? text
                : throw Malformed($"{directive} must be a list of field names"));

    internal static ApiException Malformed(string what)
        => new(StatusReason.BadRequest, $"malformed strategic merge patch: {what}");
}
