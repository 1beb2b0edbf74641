using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>A part of a value that can have an owner, and what it is like.</summary>
internal readonly record struct FieldPart(string Step, JsonElement Value, MergeSchema Schema, bool IsDeclared, bool IsAlwaysThere);

/// <summary>Takes values apart by their schema.</summary>
internal static class FieldParts
{
    private const int NameLengthMax = 128;

    /// <summary>True for values that have one owner.</summary>
    public static bool IsWhole(JsonElement value, MergeSchema schema) => (schema.Topology, value.ValueKind) switch
    {
        (Topology.Granular, JsonValueKind.Object) => false,
        (Topology.Set or Topology.Keyed, JsonValueKind.Array) => false,
        _ => true,
    };

    /// <summary>The fields, entries or elements. Elements that lack a key belong to nobody and are left out.</summary>
    public static IEnumerable<FieldPart> Of(JsonElement value, MergeSchema schema)
        => value.ValueKind == JsonValueKind.Object ? OfObject(value, schema) : OfList(value, schema);

    public static FieldPart OfProperty(JsonProperty property, MergeSchema schema)
    {
        var raw = JsonMarshal.GetRawUtf8PropertyName(property);
        if (raw.Length <= NameLengthMax)
        {
            Span<char> name = stackalloc char[NameLengthMax];
            if (schema.Find(name[..Encoding.UTF8.GetChars(raw, name)]) is { } field)
            {
                return new FieldPart(field.Step, property.Value, field.Schema, IsDeclared: true, field.IsAlwaysThere);
            }
        }

        return new FieldPart(FieldStep.OfField(property.Name), property.Value, schema.Element, IsDeclared: false, IsAlwaysThere: false);
    }

    public static string? StepOfElement(JsonElement element, MergeSchema schema)
        => schema.Topology == Topology.Set ? FieldStep.OfValue(element) : FieldStep.OfElement(element, schema.Keys);

    private static IEnumerable<FieldPart> OfObject(JsonElement value, MergeSchema schema)
    {
        foreach (var property in value.EnumerateObject())
        {
            yield return OfProperty(property, schema);
        }
    }

    private static IEnumerable<FieldPart> OfList(JsonElement value, MergeSchema schema)
    {
        foreach (var element in value.EnumerateArray())
        {
            if (StepOfElement(element, schema) is { } step)
            {
                yield return new FieldPart(step, element, schema.Element, IsDeclared: false, IsAlwaysThere: false);
            }
        }
    }
}
