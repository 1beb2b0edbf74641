using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube;

/// <summary>
/// The list half of <see cref="ThreeWayPatch"/>: elements told apart by a merge key, or plain values as a set.
/// </summary>
internal sealed class ThreeWayList(string name, MergeStrategy strategy, PatchSchema elements)
{
    public void AddTo(JsonObject patch, JsonArray? applied, JsonArray wanted, JsonArray current)
    {
        if (strategy.Key is null)
        {
            AddSet(patch, applied, wanted, current);
        }
        else if (HasDuplicates(wanted, strategy.Key) || HasDuplicates(current, strategy.Key))
        {
            AddWhole(patch, wanted, current);
        }
        else
        {
            AddElements(patch, applied, wanted, current, strategy.Key);
        }
    }

    private void AddSet(JsonObject patch, JsonArray? applied, JsonArray wanted, JsonArray current)
    {
        JsonNode?[] missing = [.. wanted.Where(one => !Contains(current, one)).Select(static one => one?.DeepClone())];
        JsonNode?[] removed = [.. (applied ?? []).Where(one => !Contains(wanted, one) && Contains(current, one))
            .Select(static one => one?.DeepClone())];
        if (missing.Length > 0)
        {
            patch[name] = new JsonArray(missing);
        }

        if (removed.Length > 0)
        {
            patch[$"$deleteFromPrimitiveList/{name}"] = new JsonArray(removed);
        }
    }

    // The key does not tell the elements apart (one port for TCP and for UDP): only the whole list can be said.
    private void AddWhole(JsonObject patch, JsonArray wanted, JsonArray current)
    {
        if (!JsonNode.DeepEquals(wanted, current))
        {
            JsonNode?[] items = [new JsonObject { ["$patch"] = "replace" }, .. wanted.Select(static one => one?.DeepClone())];
            patch[name] = new JsonArray(items);
        }
    }

    private void AddElements(JsonObject patch, JsonArray? applied, JsonArray wanted, JsonArray current, string key)
    {
        var changes = new JsonArray();
        foreach (var item in wanted.OfType<JsonObject>())
        {
            if (Change(item, Find(applied, item, key), Find(current, item, key), key) is { } change)
            {
                changes.Add(change);
            }
        }

        foreach (var item in (applied ?? []).OfType<JsonObject>())
        {
            if (Find(wanted, item, key) is null && Find(current, item, key) is not null)
            {
                changes.Add(new JsonObject { ["$patch"] = "delete", [key] = item[key]?.DeepClone() });
            }
        }

        if (changes.Count == 0 && SameOrder(wanted, current, key))
        {
            return;
        }

        patch[$"$setElementOrder/{name}"] = new JsonArray([.. wanted.OfType<JsonObject>()
            .Select(item => (JsonNode)new JsonObject { [key] = item[key]?.DeepClone() })]);
        if (changes.Count > 0)
        {
            patch[name] = changes;
        }
    }

    private JsonObject? Change(JsonObject wanted, JsonObject? applied, JsonObject? current, string key)
    {
        if (current is null)
        {
            return wanted.DeepClone().AsObject();
        }

        var difference = ThreeWayPatch.Create(applied, wanted, current, elements);
        if (difference.Count == 0)
        {
            return null;
        }

        if (strategy.RetainKeys)
        {
            difference["$retainKeys"] = ThreeWayPatch.NamesOf(wanted);
        }

        difference[key] = wanted[key]?.DeepClone();
        return difference;
    }

    private static JsonObject? Find(JsonArray? items, JsonObject like, string key)
        => items?.OfType<JsonObject>().FirstOrDefault(item => JsonNode.DeepEquals(item[key], like[key]));

    private static bool Contains(JsonArray items, JsonNode? value) => items.Any(item => JsonNode.DeepEquals(item, value));

    private static bool HasDuplicates(JsonArray items, string key)
        => items.OfType<JsonObject>().GroupBy(item => item[key]?.ToJsonString()).Any(static group => group.Skip(1).Any());

    private static bool SameOrder(JsonArray wanted, JsonArray current, string key)
    {
        var names = wanted.OfType<JsonObject>().Select(item => item[key]?.ToJsonString());
        var shared = current.OfType<JsonObject>().Where(item => Find(wanted, item, key) is not null)
            .Select(item => item[key]?.ToJsonString());
        return names.SequenceEqual(shared);
    }
}
