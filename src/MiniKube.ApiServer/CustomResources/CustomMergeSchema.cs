using System.Collections.Frozen;
using System.Collections.Immutable;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>How the parts of a custom object are owned and merged: by the list and map types of its schema.</summary>
internal sealed class CustomMergeSchema : MergeSchema
{
    private readonly StructuralSchema _schema;
    private readonly bool _isResource;
    private readonly Lazy<FrozenDictionary<string, MergeField>> _fields;
    private MergeSchema? _element;

    private CustomMergeSchema(StructuralSchema schema, bool isResource)
    {
        _schema = schema;
        _isResource = isResource;
        _fields = new(ReadFields);
        Topology = (schema.Type, schema.ListType, schema.MapType) switch
        {
            ("array", "set", _) => Topology.Set,
            ("array", "map", _) => Topology.Keyed,
            ("array", _, _) => Topology.Atomic,
            (_, _, "atomic") => Topology.Atomic,
            _ => Topology.Granular,
        };
    }

    public override Topology Topology { get; }

    public override ImmutableArray<ListKey> Keys => [.. _schema.ListMapKeys.Select(key => new ListKey(
        key, _schema.Items?.Properties.GetValueOrDefault(key)?.Default?.ToJsonString()))];

    public override MergeSchema Element => _element ??= _schema.Items is { } items ? Of(items)
        : _schema.AdditionalProperties is { } entries ? Of(entries)
        : _schema.PreservesUnknown ? Deduced : Whole;

    /// <summary>The schema of whole objects, metadata included.</summary>
    public static MergeSchema OfObject(StructuralSchema schema) => new CustomMergeSchema(schema, isResource: true);

    public override MergeField? Find(ReadOnlySpan<char> name)
        => _fields.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var field) ? field : null;

    private static MergeSchema Of(StructuralSchema schema)
    {
        if (schema.Type is "object" or "array" && !schema.IsIntOrString)
        {
            return new CustomMergeSchema(schema, schema.IsEmbeddedResource);
        }

        return schema is { Type: "", PreservesUnknown: true } ? Deduced : Whole;
    }

    private FrozenDictionary<string, MergeField> ReadFields()
    {
        var fields = _schema.Properties.Where(one => !(_isResource && one.Key is ("apiVersion" or "kind" or "metadata")))
            .Select(static one => new MergeField(FieldStep.OfField(one.Key), Of(one.Value), IsAlwaysThere: false));
        if (_isResource)
        {
            fields = fields.Concat(
            [
                new MergeField(FieldStep.OfField("apiVersion"), Whole, IsAlwaysThere: false),
                new MergeField(FieldStep.OfField("kind"), Whole, IsAlwaysThere: false),
                new MergeField(FieldStep.OfField("metadata"), ModelMergeSchema.Of(typeof(V1ObjectMeta)), IsAlwaysThere: true),
            ]);
        }

        return fields.ToFrozenDictionary(static field => field.Step[2..], StringComparer.Ordinal);
    }
}
