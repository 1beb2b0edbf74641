using System.Collections.Frozen;
using System.Collections.Immutable;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What server-side apply must know of a value: whether its parts have owners of their own, and how they are told apart. Built-in kinds
/// have it from their models and <see cref="FieldTopology"/>; a kind that is defined at run time gives a schema of its own.
/// https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
/// </summary>
internal abstract class MergeSchema
{
    /// <summary>
    /// Nothing is said: objects are granular, lists atomic. What is so in <c>x-kubernetes-preserve-unknown-fields</c>.
    /// </summary>
    public static MergeSchema Deduced { get; } = new DeducedSchema();

    /// <summary>One owner for the whole value, whatever it is.</summary>
    public static MergeSchema Whole { get; } = new WholeSchema();

    /// <summary><see cref="Topology.Atomic"/> for plain values and for whole lists and objects.</summary>
    public abstract Topology Topology { get; }

    /// <summary>The keys of a <see cref="Topology.Keyed"/> list.</summary>
    public virtual ImmutableArray<ListKey> Keys => [];

    /// <summary>What the list's elements, or the values of the map's entries, are like.</summary>
    public virtual MergeSchema Element => Whole;

    /// <summary>A declared field of a granular object; null for entries of maps.</summary>
    public virtual MergeField? Find(ReadOnlySpan<char> name) => null;

    private sealed class DeducedSchema : MergeSchema
    {
        public override Topology Topology => Topology.Granular;

        public override MergeSchema Element => this;
    }

    private sealed class WholeSchema : MergeSchema
    {
        public override Topology Topology => Topology.Atomic;
    }
}

/// <summary>A declared field of an object.</summary>
/// <param name="Step">The field in a <see cref="FieldSet"/>; one text for the process.</param>
/// <param name="Schema">What its value is like.</param>
/// <param name="IsAlwaysThere">
/// True where an object of the kind has the field even when nobody set anything in it (<c>spec</c>, <c>template</c>): who fills it in does
/// not own the field itself.
/// </param>
internal sealed record MergeField(string Step, MergeSchema Schema, bool IsAlwaysThere);

/// <summary>The schema of a model. Made when first asked for.</summary>
internal sealed class ModelMergeSchema : MergeSchema
{
    // Structures that Go's types hold by value, so that they are never absent. (Of a ReplicationController's template only a pointer is.)
    private static readonly FrozenSet<string> AlwaysThere = FrozenSet.ToFrozenSet(
    [
        "metadata", "spec", "status", "template", "jobTemplate", "strategy", "updateStrategy", "resources", "containers", "drivers",
        "loadBalancer", "nodeInfo", "daemonEndpoints", "kubeletEndpoint",
    ], StringComparer.Ordinal);

    private readonly JsonShape _shape;
    private readonly FieldTopology? _topology;
    private readonly Lazy<FrozenDictionary<string, MergeField>> _fields;
    private MergeSchema? _element;

    private ModelMergeSchema(JsonShape shape, FieldTopology? topology)
    {
        _shape = shape;
        _topology = topology;
        _fields = new(ReadFields);
        Topology = topology?.Topology ?? (shape.Kind is ShapeKind.Object or ShapeKind.Map ? Topology.Granular : Topology.Atomic);
    }

    public override Topology Topology { get; }

    public override ImmutableArray<ListKey> Keys => _topology?.Keys ?? [];

    public override MergeSchema Element => _element ??= Of(_shape.Element, null);

    public static MergeSchema Of(Type model) => Of(JsonShape.Of(model), null);

    public override MergeField? Find(ReadOnlySpan<char> name)
        => _fields.Value.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var field) ? field : null;

    private static MergeSchema Of(JsonShape shape, FieldTopology? topology)
    {
        var isPlain = shape.Kind is not (ShapeKind.Object or ShapeKind.Map or ShapeKind.List);
        var isWhole = shape.Kind == ShapeKind.Object && topology is null && FieldTopology.IsWhole(shape.Type);
        return isPlain || isWhole ? Whole : new ModelMergeSchema(shape, topology);
    }

    private FrozenDictionary<string, MergeField> ReadFields() => _shape.Properties.Values.ToFrozenDictionary(
        property => property.Name,
        property => new MergeField(
            FieldStep.OfField(property.Name),
            Of(property.Shape, FieldTopology.Find(_shape.Type, property.Name)),
            AlwaysThere.Contains(property.Name) && _shape.Type != typeof(k8s.Models.V1ReplicationControllerSpec)),
        StringComparer.Ordinal);
}
