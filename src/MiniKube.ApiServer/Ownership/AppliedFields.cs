using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The fields an applied configuration names: what its applier will own. Pure.</summary>
internal sealed class AppliedFields
{
    private readonly List<string> _problems = [];

    private AppliedFields()
    {
    }

    /// <summary>What is wrong with the lists, worded as in Kubernetes; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public FieldSet Fields { get; } = new();

    public static AppliedFields Of(JsonElement configuration, MergeSchema schema, OwnedParts owned)
    {
        var applied = new AppliedFields();
        applied.AddFields(configuration, schema, applied.Fields, "");
        owned.Keep(applied.Fields);
        return applied;
    }

    private void Add(in FieldPart part, FieldSet set, bool isItself, string path)
    {
        if (FieldParts.IsWhole(part.Value, part.Schema))
        {
            set.Add(part.Step);
            return;
        }

        var below = set.Below(part.Step);
        below.IsMember |= isItself;
        if (part.Value.ValueKind == JsonValueKind.Object)
        {
            AddFields(part.Value, part.Schema, below, path);
        }
        else
        {
            AddElements(part.Value, part.Schema, below, path);
        }

        if (below.IsEmpty)
        {
            set.Remove(part.Step);
        }
    }

    // A declared field is owned by owning something in it; only an empty one is owned itself. An entry of a map is owned itself.
    private void AddFields(JsonElement value, MergeSchema schema, FieldSet set, string path)
    {
        foreach (var property in value.EnumerateObject())
        {
            var part = FieldParts.OfProperty(property, schema);
            var isEmpty = property.Value.ValueKind == JsonValueKind.Object && !property.Value.EnumerateObject().MoveNext();
            Add(part, set, isEmpty || !part.IsDeclared, $"{path}.{property.Name}");
        }
    }

    private void AddElements(JsonElement list, MergeSchema schema, FieldSet set, string path)
    {
        var index = 0;
        foreach (var element in list.EnumerateArray())
        {
            if (FieldParts.StepOfElement(element, schema) is not { } step)
            {
                _problems.Add($"{path}: element {index}: {Missing(element, schema)}");
            }
            else if (set.Find(step) is not null)
            {
                _problems.Add($"{path}: duplicate entries for key {FieldStep.Text(step)}");
            }
            else
            {
                var part = new FieldPart(step, element, schema.Element, IsDeclared: false, IsAlwaysThere: false);
                Add(part, set, isItself: true, path + FieldStep.Text(step));
            }

            index++;
        }
    }

    private static string Missing(JsonElement element, MergeSchema schema)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return "associative list with keys may not have non-map elements";
        }

        var missing = schema.Keys.First(key => key.Default is null && !element.TryGetProperty(key.Name, out _));
        return $"associative list with keys has an element that omits key field \"{missing.Name}\" (and doesn't have default value)";
    }
}
