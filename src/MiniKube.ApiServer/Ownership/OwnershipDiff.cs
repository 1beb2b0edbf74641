using System.Runtime.InteropServices;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>
/// What a write changes, field by field: what it sets to another value or for the first time, and what it takes away. Both objects are
/// canonical JSON, so equal bytes are equal values and whole branches are passed over. Pure.
/// </summary>
internal sealed class OwnershipDiff
{
    private OwnershipDiff()
    {
    }

    /// <summary>Fields that are new or have a new value.</summary>
    public FieldSet Changed { get; } = new();

    /// <summary>Fields that are gone.</summary>
    public FieldSet Removed { get; } = new();

    public bool IsEmpty => Changed.IsEmpty && Removed.IsEmpty;

    /// <summary>From one state of an object to the next.</summary>
    public static OwnershipDiff Between(JsonElement old, JsonElement item, MergeSchema schema, OwnedParts owned)
    {
        var diff = new OwnershipDiff();
        diff.CompareObjects(old, item, schema, diff.Changed, diff.Removed);
        owned.Keep(diff.Changed);
        owned.Keep(diff.Removed);
        return diff;
    }

    /// <summary>From nothing to an object: everything in it.</summary>
    public static FieldSet All(JsonElement item, MergeSchema schema, OwnedParts owned)
    {
        var all = new FieldSet();
        AddParts(item, schema, all, isNew: false);
        owned.Keep(all);
        return all;
    }

    private static bool AreSame(JsonElement left, JsonElement right)
        => JsonMarshal.GetRawUtf8Value(left).SequenceEqual(JsonMarshal.GetRawUtf8Value(right));

    private void Compare(in FieldPart old, in FieldPart item, FieldSet changed, FieldSet removed)
    {
        if (AreSame(old.Value, item.Value))
        {
            return;
        }

        if (FieldParts.IsWhole(old.Value, old.Schema) || FieldParts.IsWhole(item.Value, item.Schema))
        {
            // The bytes may differ in the order of a map's entries only.
            if (!JsonElement.DeepEquals(old.Value, item.Value))
            {
                changed.Add(item.Step);
            }

            return;
        }

        var (changedBelow, removedBelow) = (new FieldSet(item.Step), new FieldSet(item.Step));
        if (item.Value.ValueKind == JsonValueKind.Object)
        {
            CompareObjects(old.Value, item.Value, item.Schema, changedBelow, removedBelow);
        }
        else
        {
            CompareLists(old.Value, item.Value, item.Schema, changedBelow, removedBelow);
        }

        AddUnlessEmpty(changed, changedBelow);
        AddUnlessEmpty(removed, removedBelow);
    }

    private void CompareObjects(JsonElement old, JsonElement item, MergeSchema schema, FieldSet changed, FieldSet removed)
    {
        // One encoder wrote both, so their fields come in one order until one has a field that the other has not.
        var before = old.EnumerateObject();
        var after = item.EnumerateObject();
        bool hasBefore, hasAfter;
        while ((hasBefore = before.MoveNext()) & (hasAfter = after.MoveNext()) && HaveSameName(before.Current, after.Current))
        {
            var part = FieldParts.OfProperty(after.Current, schema);
            Compare(part with { Value = before.Current.Value }, part, changed, removed);
        }

        if (hasBefore || hasAfter)
        {
            CompareRest(Rest(before, hasBefore), Rest(after, hasAfter), schema, changed, removed);
        }
    }

    private void CompareRest(
        List<JsonProperty> before, List<JsonProperty> after, MergeSchema schema, FieldSet changed, FieldSet removed)
    {
        var left = before.ToDictionary(property => property.Name, StringComparer.Ordinal);
        foreach (var property in after)
        {
            var part = FieldParts.OfProperty(property, schema);
            if (left.Remove(property.Name, out var same))
            {
                Compare(part with { Value = same.Value }, part, changed, removed);
            }
            else
            {
                AddPart(part, changed, isNew: true);
            }
        }

        foreach (var property in left.Values)
        {
            AddPart(FieldParts.OfProperty(property, schema), removed, isNew: true);
        }
    }

    private static List<JsonProperty> Rest(JsonElement.ObjectEnumerator properties, bool hasCurrent)
    {
        var rest = new List<JsonProperty>();
        for (; hasCurrent; hasCurrent = properties.MoveNext())
        {
            rest.Add(properties.Current);
        }

        return rest;
    }

    private static bool HaveSameName(JsonProperty left, JsonProperty right)
        => JsonMarshal.GetRawUtf8PropertyName(left).SequenceEqual(JsonMarshal.GetRawUtf8PropertyName(right));

    private void CompareLists(JsonElement old, JsonElement item, MergeSchema schema, FieldSet changed, FieldSet removed)
    {
        // As with fields: most lists keep their order.
        var before = old.EnumerateArray();
        var after = item.EnumerateArray();
        bool hasBefore, hasAfter;
        while ((hasBefore = before.MoveNext()) & (hasAfter = after.MoveNext()))
        {
            if (AreSame(before.Current, after.Current))
            {
                continue;
            }

            var step = FieldParts.StepOfElement(after.Current, schema);
            if (step != FieldParts.StepOfElement(before.Current, schema))
            {
                break;
            }

            if (step is not null)
            {
                var part = new FieldPart(step, after.Current, schema.Element, IsDeclared: false, IsAlwaysThere: false);
                Compare(part with { Value = before.Current }, part, changed, removed);
            }
        }

        if (hasBefore || hasAfter)
        {
            CompareRest(ByStep(before, hasBefore, schema), ByStep(after, hasAfter, schema), changed, removed);
        }
    }

    private void CompareRest(
        Dictionary<string, List<FieldPart>> before, Dictionary<string, List<FieldPart>> after, FieldSet changed, FieldSet removed)
    {
        foreach (var (step, parts) in after)
        {
            if (!before.Remove(step, out var present))
            {
                AddPart(parts[0], changed, isNew: true);
            }
            else if (present.Count == 1 && parts.Count == 1)
            {
                Compare(present[0], parts[0], changed, removed);
            }
            else if (present.Count != parts.Count || !present.Zip(parts).All(pair => AreSame(pair.First.Value, pair.Second.Value)))
            {
                // Elements that cannot be told apart are owned together.
                changed.Add(step);
            }
        }

        foreach (var parts in before.Values)
        {
            AddPart(parts[0], removed, isNew: true);
        }
    }

    private static Dictionary<string, List<FieldPart>> ByStep(JsonElement.ArrayEnumerator list, bool hasCurrent, MergeSchema schema)
    {
        var parts = new Dictionary<string, List<FieldPart>>(StringComparer.Ordinal);
        for (; hasCurrent; hasCurrent = list.MoveNext())
        {
            if (FieldParts.StepOfElement(list.Current, schema) is not { } step)
            {
                continue;
            }

            if (!parts.TryGetValue(step, out var same))
            {
                parts.Add(step, same = []);
            }

            same.Add(new FieldPart(step, list.Current, schema.Element, IsDeclared: false, IsAlwaysThere: false));
        }

        return parts;
    }

    // isNew: what is above the part was not there before, so the part itself counts and not only what is in it.
    private static void AddPart(in FieldPart part, FieldSet set, bool isNew)
    {
        if (FieldParts.IsWhole(part.Value, part.Schema))
        {
            set.Add(part.Step);
            return;
        }

        var below = set.Below(part.Step);
        below.IsMember |= isNew;
        AddParts(part.Value, part.Schema, below, isNew);
        if (below.IsEmpty)
        {
            set.Remove(below.Step);
        }
    }

    private static void AddParts(JsonElement value, MergeSchema schema, FieldSet set, bool isNew)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                var part = FieldParts.OfProperty(property, schema);
                AddPart(part, set, isNew || !part.IsAlwaysThere);
            }

            return;
        }

        foreach (var part in FieldParts.Of(value, schema))
        {
            AddPart(part, set, isNew: true);
        }
    }

    private static void AddUnlessEmpty(FieldSet set, FieldSet below)
    {
        if (!below.IsEmpty)
        {
            set.Adopt(below);
        }
    }
}
