using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Makes schemas of what a CustomResourceDefinition says. Pure.</summary>
internal static class SchemaParser
{
    /// <exception cref="FormatException">A part is no schema: only in definitions that were never valid.</exception>
    public static StructuralSchema Parse(V1JSONSchemaProps source)
    {
        var properties = (source.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
            .ToFrozenDictionary(one => one.Key, one => Parse(one.Value ?? new V1JSONSchemaProps()), StringComparer.Ordinal);
        var items = SchemaIn(source.Items) is { } element ? Parse(element) : null;
        var additional = AdditionalOf(source.AdditionalProperties);
        var fallback = NodeOf(source.DefaultProperty);
        var rules = (source.XKubernetesValidations ?? []).Select(RuleOf).ToImmutableArray();
        IEnumerable<StructuralSchema?> below = [.. properties.Values, items, additional];
        return new StructuralSchema
        {
            Type = source.Type ?? "",
            Format = source.Format ?? "",
            Default = fallback,
            Nullable = source.Nullable == true,
            PreservesUnknown = source.XKubernetesPreserveUnknownFields == true,
            IsEmbeddedResource = source.XKubernetesEmbeddedResource == true,
            IsIntOrString = source.XKubernetesIntOrString == true,
            ListType = source.XKubernetesListType ?? "",
            ListMapKeys = [.. source.XKubernetesListMapKeys ?? []],
            MapType = source.XKubernetesMapType ?? "",
            Properties = properties,
            AdditionalProperties = additional,
            Items = items,
            Limits = LimitsOf(source),
            AllOf = [.. (source.AllOf ?? []).Select(Parse)],
            AnyOf = [.. (source.AnyOf ?? []).Select(Parse)],
            OneOf = [.. (source.OneOf ?? []).Select(Parse)],
            Not = source.Not is null ? null : Parse(source.Not),
            Rules = rules,
            HasDefaults = fallback is not null || below.Any(one => one?.HasDefaults == true),
            HasRules = rules.Length > 0 || below.Any(one => one?.HasRules == true),
        };
    }

    /// <summary>The schema in <c>items</c> or <c>additionalProperties</c>, or null when a boolean or nothing stands there.</summary>
    public static V1JSONSchemaProps? SchemaIn(object? value) => value switch
    {
        V1JSONSchemaProps schema => schema,
        JsonElement { ValueKind: JsonValueKind.Object } json => Decode(json),
        _ => null,
    };

    /// <summary>A free value of the definition, or null.</summary>
    public static JsonNode? NodeOf(object? value) => value switch
    {
        JsonElement { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } json => JsonTree.Of(json),
        JsonNode node => node,
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create((long)number),
        long number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        _ => null,
    };

    // "true" is any value; its fields are kept as they are.
    private static StructuralSchema? AdditionalOf(object? value) => value switch
    {
        true or JsonElement { ValueKind: JsonValueKind.True } => new StructuralSchema { PreservesUnknown = true },
        _ => SchemaIn(value) is { } schema ? Parse(schema) : null,
    };

    private static V1JSONSchemaProps Decode(JsonElement json)
    {
        try
        {
            return json.Deserialize(ObjectJson.TypeInfo<V1JSONSchemaProps>())!;
        }
        catch (JsonException failure)
        {
            throw new FormatException(failure.Message, failure);
        }
    }

    private static ValueLimits LimitsOf(V1JSONSchemaProps source) => new()
    {
        Enum = [.. (source.EnumProperty ?? []).Select(NodeOf)],
        Maximum = source.Maximum,
        ExclusiveMaximum = source.ExclusiveMaximum == true,
        Minimum = source.Minimum,
        ExclusiveMinimum = source.ExclusiveMinimum == true,
        MultipleOf = source.MultipleOf,
        MaxLength = source.MaxLength,
        MinLength = source.MinLength,
        Pattern = string.IsNullOrEmpty(source.Pattern) ? null : PatternOf(source.Pattern),
        MaxItems = source.MaxItems,
        MinItems = source.MinItems,
        UniqueItems = source.UniqueItems == true,
        MaxProperties = source.MaxProperties,
        MinProperties = source.MinProperties,
        Required = [.. source.Required ?? []],
    };

    private static SchemaPattern PatternOf(string text)
    {
        try
        {
            return new SchemaPattern(text);
        }
        catch (ArgumentException failure)
        {
            throw new FormatException(failure.Message, failure);
        }
    }

    private static ValidationRule RuleOf(V1ValidationRule rule) => new(
        rule.Rule ?? "",
        rule.Message ?? "",
        rule.MessageExpression ?? "",
        rule.Reason ?? "",
        rule.FieldPath ?? "",
        rule.OptionalOldSelf);
}
