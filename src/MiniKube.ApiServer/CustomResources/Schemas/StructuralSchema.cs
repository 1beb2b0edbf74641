using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>
/// The schema of a custom kind's objects, or of a part of them: what is pruned, defaulted, merged and checked by. Immutable.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
/// </summary>
internal sealed record StructuralSchema
{
    /// <summary><c>object</c>, <c>array</c>, <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, or empty for anything.</summary>
    public string Type { get; init; } = "";

    public string Format { get; init; } = "";

    /// <summary>What a missing value is filled in with; null when nothing is. Read-only: copy it.</summary>
    public JsonNode? Default { get; init; }

    public bool Nullable { get; init; }

    /// <summary>Fields without a schema are kept (<c>x-kubernetes-preserve-unknown-fields</c>).</summary>
    public bool PreservesUnknown { get; init; }

    /// <summary>An object with kind and metadata of its own (<c>x-kubernetes-embedded-resource</c>).</summary>
    public bool IsEmbeddedResource { get; init; }

    /// <summary>A number or a text (<c>x-kubernetes-int-or-string</c>).</summary>
    public bool IsIntOrString { get; init; }

    /// <summary><c>atomic</c> (also the meaning of empty), <c>set</c> or <c>map</c> (<c>x-kubernetes-list-type</c>).</summary>
    public string ListType { get; init; } = "";

    /// <summary>Which fields tell the elements of a <c>map</c> list apart (<c>x-kubernetes-list-map-keys</c>).</summary>
    public ImmutableArray<string> ListMapKeys { get; init; } = [];

    /// <summary><c>granular</c> (also the meaning of empty) or <c>atomic</c> (<c>x-kubernetes-map-type</c>).</summary>
    public string MapType { get; init; } = "";

    public FrozenDictionary<string, StructuralSchema> Properties { get; init; } = FrozenDictionary<string, StructuralSchema>.Empty;

    /// <summary>Of every field that is not a property; null when such fields are unknown.</summary>
    public StructuralSchema? AdditionalProperties { get; init; }

    /// <summary>Of the elements of an array.</summary>
    public StructuralSchema? Items { get; init; }

    public ValueLimits Limits { get; init; } = ValueLimits.None;

    public ImmutableArray<StructuralSchema> AllOf { get; init; } = [];

    public ImmutableArray<StructuralSchema> AnyOf { get; init; } = [];

    public ImmutableArray<StructuralSchema> OneOf { get; init; } = [];

    public StructuralSchema? Not { get; init; }

    /// <summary>The expressions of <c>x-kubernetes-validations</c>.</summary>
    public ImmutableArray<ValidationRule> Rules { get; init; } = [];

    /// <summary>True when somewhere in it a missing value is filled in.</summary>
    public bool HasDefaults { get; init; }

    /// <summary>True when somewhere in it there are expressions.</summary>
    public bool HasRules { get; init; }

    /// <summary>The schema of a field, or null for one that is unknown.</summary>
    public StructuralSchema? Field(string name) => Properties.GetValueOrDefault(name) ?? AdditionalProperties;
}

/// <summary>What a value must meet by itself; null and empty mean no limit.</summary>
internal sealed record ValueLimits
{
    public static ValueLimits None { get; } = new();

    public ImmutableArray<JsonNode?> Enum { get; init; } = [];

    public double? Maximum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? Minimum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public double? MultipleOf { get; init; }

    public long? MaxLength { get; init; }

    public long? MinLength { get; init; }

    public SchemaPattern? Pattern { get; init; }

    public long? MaxItems { get; init; }

    public long? MinItems { get; init; }

    public bool UniqueItems { get; init; }

    public long? MaxProperties { get; init; }

    public long? MinProperties { get; init; }

    public ImmutableArray<string> Required { get; init; } = [];
}

/// <summary>One expression of <c>x-kubernetes-validations</c>.</summary>
internal sealed record ValidationRule(
    string Rule, string Message, string MessageExpression, string Reason, string FieldPath, bool? OptionalOldSelf);
