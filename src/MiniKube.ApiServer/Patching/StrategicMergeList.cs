using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The list half of the strategic merge patch: elements found by their merge key, or plain values as a set.</summary>
internal static class StrategicMergeList
{
    /// <summary>
    /// Merges the patch's elements into the list. With an order the elements it names come in that order and the others
    /// keep their place relative to them; without one new elements go to the end. Both lists belong to the call.
    /// </summary>
    public static JsonArray Merge(
        JsonArray target, JsonArray patch, JsonArray? order, MergeStrategy strategy, PatchSchema schema, string field)
    {
        var elements = Take(target);
        var before = elements.Select(element => IdentityOf(element, strategy, field)).ToList();
        var merged = strategy.Key is null
            ? MergeValues(elements, Take(patch))
            : MergeElements(elements, Take(patch), strategy, schema, field);
        var result = order is null ? merged : Order(merged, order, before, strategy, field);
        return [.. result];
    }

    private static List<JsonNode?> MergeValues(List<JsonNode?> target, List<JsonNode?> patch)
    {
        foreach (var value in patch.Where(value => !target.Exists(present => JsonNode.DeepEquals(present, value))))
        {
            target.Add(value);
        }

        return target;
    }

    private static List<JsonNode?> MergeElements(
        List<JsonNode?> target, List<JsonNode?> patch, MergeStrategy strategy, PatchSchema schema, string field)
    {
        var changes = patch
            .Select(element => element as JsonObject ?? throw Malformed(field, strategy))
            .Select(element => (Directive: StrategicMergePatch.TakeDirective(element), Element: element))
            .ToList();
        if (changes.Exists(change => change.Directive == "replace"))
        {
            // One element without a key carries the directive for the whole list; the others are the new content.
            return [.. changes.Where(change => change.Element.ContainsKey(strategy.Key!)).Select(change => change.Element)];
        }

        foreach (var (directive, element) in changes)
        {
            MergeElement(target, directive, element, strategy, schema, field);
        }

        return target;
    }

    private static void MergeElement(
        List<JsonNode?> target, string directive, JsonObject element, MergeStrategy strategy, PatchSchema schema, string field)
    {
        var identity = IdentityOf(element, strategy, field);
        if (directive == "delete")
        {
            target.RemoveAll(present => IdentityOf(present, strategy, field) == identity);
            return;
        }

        var at = target.FindIndex(present => IdentityOf(present, strategy, field) == identity);
        if (at < 0)
        {
            target.Add(StrategicMergePatch.MergeObject([], element, schema));
            return;
        }

        target[at] = StrategicMergePatch.MergeObject((JsonObject)target[at]!, element, schema);
    }

    /// <summary>
    /// Two sequences are interleaved: what the order names, in that order, and what only the server has, in the server's
    /// order. An element of the server goes first only where the server had it before the other.
    /// </summary>
    private static List<JsonNode?> Order(
        List<JsonNode?> merged, JsonArray order, List<string> before, MergeStrategy strategy, string field)
    {
        var wanted = order.Select(one => IdentityOf(one, strategy, field)).ToList();
        var named = merged
            .Select(element => (Element: element, At: wanted.IndexOf(IdentityOf(element, strategy, field))))
            .Where(one => one.At >= 0).OrderBy(one => one.At).Select(one => one.Element).ToList();
        var others = merged.Where(element => !wanted.Contains(IdentityOf(element, strategy, field))).ToList();

        var result = new List<JsonNode?>(merged.Count);
        int left = 0, right = 0;
        while (left < others.Count && right < named.Count)
        {
            var leftAt = before.IndexOf(IdentityOf(others[left], strategy, field));
            var rightAt = before.IndexOf(IdentityOf(named[right], strategy, field));
            result.Add(leftAt >= 0 && rightAt >= 0 && leftAt < rightAt ? others[left++] : named[right++]);
        }

        result.AddRange(others.Skip(left));
        result.AddRange(named.Skip(right));
        return result;
    }

    private static string IdentityOf(JsonNode? element, MergeStrategy strategy, string field)
    {
        if (strategy.Key is null)
        {
            return element?.ToJsonString() ?? "null";
        }

        return element is JsonObject map && map.TryGetPropertyValue(strategy.Key, out var key) && key is JsonValue
            ? key.ToJsonString()
            : throw Malformed(field, strategy);
    }

    private static List<JsonNode?> Take(JsonArray list)
    {
        var elements = list.ToList();
        list.Clear();
        return elements;
    }

    private static Api.ApiException Malformed(string field, MergeStrategy strategy)
        => StrategicMergePatch.Malformed($"each element of {field} must be an object with the merge key \"{strategy.Key}\"");
}
