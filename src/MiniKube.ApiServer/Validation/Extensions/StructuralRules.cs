using System.Globalization;
using System.Text.Json;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// That a schema is structural: types outside of <c>allOf</c>, <c>anyOf</c>, <c>oneOf</c> and <c>not</c>, only value rules inside. Pure.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
/// </summary>
internal sealed class StructuralRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    private readonly FieldErrors _errors;

    private StructuralRules(FieldErrors errors) => _errors = errors;

    public static void Validate(V1JSONSchemaProps schema, string path, FieldErrors errors)
    {
        var before = errors.Found.Count;
        new StructuralRules(errors).Part(schema, path, Place.Root);
        if (errors.Found.Count == before)
        {
            DefaultRules.Validate(schema, path, errors);
            ExpressionRules.Validate(schema, path, errors);
        }
    }

    private void Part(V1JSONSchemaProps schema, string path, Place place)
    {
        Unsupported(schema, path);
        TypeOf(schema, path, place);
        Extensions(schema, path);
        Values(schema, path, isIntOrString: schema.XKubernetesIntOrString == true);
        Names(schema, path, place);
        Children(schema, path, place);
    }

    private void Unsupported(V1JSONSchemaProps schema, string path)
    {
        (string Name, bool IsSet)[] all =
        [
            ("$ref", !string.IsNullOrEmpty(schema.RefProperty)), ("additionalItems", schema.AdditionalItems is not null),
            ("definitions", schema.Definitions is { Count: > 0 }), ("dependencies", schema.Dependencies is { Count: > 0 }),
            ("id", !string.IsNullOrEmpty(schema.Id)), ("patternProperties", schema.PatternProperties is { Count: > 0 }),
        ];
        foreach (var (name, _) in all.Where(static one => one.IsSet))
        {
            _errors.Forbidden($"{path}.{name}", $"{name} is not supported");
        }

        if (schema.UniqueItems == true)
        {
            _errors.Forbidden(
                $"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }
    }

    private void TypeOf(V1JSONSchemaProps schema, string path, Place place)
    {
        var at = $"{path}.type";
        if (schema.XKubernetesEmbeddedResource == true && schema.Type != "object")
        {
            const string why = "must be object if x-kubernetes-embedded-resource is true";
            Either(string.IsNullOrEmpty(schema.Type), () => _errors.Required(at, why), () => _errors.Invalid(at, schema.Type, why));
            return;
        }

        if (string.IsNullOrEmpty(schema.Type))
        {
            if (schema.XKubernetesIntOrString != true && schema.XKubernetesPreserveUnknownFields != true)
            {
                _errors.Required(at, place switch
                {
                    Place.Root => "must not be empty at the root",
                    Place.Item => "must not be empty for specified array items",
                    _ => "must not be empty for specified object fields",
                });
            }

            return;
        }

        if (schema.Type == "null")
        {
            _errors.Forbidden(at, "type cannot be set to null, use nullable as an alternative");
        }
        else if (!Types.Contains(schema.Type))
        {
            _errors.NotSupported(at, schema.Type, Types);
        }
        else if (place == Place.Root && schema.Type != "object")
        {
            _errors.Invalid(at, schema.Type, "must be object at the root");
        }
        else if (schema.XKubernetesIntOrString == true)
        {
            _errors.Invalid(at, schema.Type, "must be empty if x-kubernetes-int-or-string is true");
        }
    }

    private void Extensions(V1JSONSchemaProps schema, string path)
    {
        if (schema.XKubernetesPreserveUnknownFields == false)
        {
            _errors.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", false, "must be true or undefined");
        }

        if (schema.XKubernetesIntOrString == true)
        {
            Clash(schema.XKubernetesPreserveUnknownFields, $"{path}.x-kubernetes-preserve-unknown-fields");
            Clash(schema.XKubernetesEmbeddedResource, $"{path}.x-kubernetes-embedded-resource");
        }

        if (schema.XKubernetesEmbeddedResource == true && schema.AdditionalProperties is not null)
        {
            _errors.Forbidden($"{path}.additionalProperties", "must not be used if x-kubernetes-embedded-resource is set");
        }

        if (schema.XKubernetesEmbeddedResource == true && schema.XKubernetesPreserveUnknownFields != true
            && schema.Properties is not { Count: > 0 })
        {
            _errors.Required($"{path}.properties",
                "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
        }

        ListTypeRules.Validate(schema, Read(schema.Items, path: null), path, _errors);
    }

    private void Clash(bool? flag, string path)
    {
        if (flag == true)
        {
            _errors.Invalid(path, true, "must be false if x-kubernetes-int-or-string is true");
        }
    }

    // Kind, version and name are those of every object; a schema may only narrow the names.
    private void Names(V1JSONSchemaProps schema, string path, Place place)
    {
        if (place != Place.Root && schema.XKubernetesEmbeddedResource != true)
        {
            return;
        }

        foreach (var name in (string[])["kind", "apiVersion"])
        {
            if (schema.Properties?.TryGetValue(name, out var text) == true && text.Type != "string")
            {
                _errors.Invalid($"{path}.properties[{name}].type", text.Type ?? "", "must be string");
            }
        }

        if (schema.Properties?.TryGetValue("metadata", out var metadata) != true)
        {
            return;
        }

        var at = $"{path}.properties[metadata]";
        if (metadata!.Type != "object")
        {
            _errors.Invalid($"{at}.type", metadata.Type ?? "", "must be object");
        }

        var names = metadata.Properties?.Keys ?? [];
        if (place == Place.Root && (names.Any(static name => name is not ("name" or "generateName"))
            || metadata.AdditionalProperties is not null || metadata.Required is { Count: > 0 }
            || metadata.XKubernetesPreserveUnknownFields is not null))
        {
            _errors.Forbidden(
                at, "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    private void Children(V1JSONSchemaProps schema, string path, Place place)
    {
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
        {
            Part(property ?? new V1JSONSchemaProps(), $"{path}.properties[{name}]", Place.Field);
        }

        switch (schema.Items)
        {
            case JsonElement { ValueKind: JsonValueKind.Array }:
                _errors.Forbidden($"{path}.items", "items must be a schema object and not an array");
                break;
            case null when schema.Type == "array":
                _errors.Required($"{path}.items", "must be specified");
                break;
            default:
                Below(schema.Items, $"{path}.items", Place.Item);
                break;
        }

        if (schema.AdditionalProperties is null)
        {
            return;
        }

        if (place == Place.Root)
        {
            _errors.Forbidden($"{path}.additionalProperties", "must not be used at the root");
        }

        if (schema.Properties is { Count: > 0 } && schema.AdditionalProperties is not JsonElement { ValueKind: JsonValueKind.True })
        {
            _errors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");
        }
        else if (schema.AdditionalProperties is JsonElement { ValueKind: JsonValueKind.False })
        {
            _errors.Forbidden($"{path}.additionalProperties", "additionalProperties cannot be set to false");
        }

        Below(schema.AdditionalProperties, $"{path}.additionalProperties", Place.Field);
    }

    private void Below(object? value, string path, Place place)
    {
        if (Read(value, path) is { } schema)
        {
            Part(schema, path, place);
        }
    }

    // Without a path, what cannot be read is told elsewhere.
    private V1JSONSchemaProps? Read(object? value, string? path)
    {
        try
        {
            return SchemaParser.SchemaIn(value);
        }
        catch (FormatException failure)
        {
            if (path is not null)
            {
                _errors.Invalid(path, "", $"must be a schema: {failure.Message}");
            }

            return null;
        }
    }

    private void Values(V1JSONSchemaProps schema, string path, bool isIntOrString)
    {
        if (!string.IsNullOrEmpty(schema.Pattern))
        {
            try
            {
                _ = new SchemaPattern(schema.Pattern);
            }
            catch (ArgumentException failure)
            {
                _errors.Invalid(
                    $"{path}.pattern", schema.Pattern, $"must be a valid regular expression, but isn't: {failure.Message}");
            }
        }

        Nested(schema.AnyOf, $"{path}.anyOf", typesMayDiffer: isIntOrString);
        Nested(schema.OneOf, $"{path}.oneOf");
        for (var index = 0; index < (schema.AllOf?.Count ?? 0); index++)
        {
            NestedPart(schema.AllOf![index], string.Create(CultureInfo.InvariantCulture, $"{path}.allOf[{index}]"), false, isIntOrString);
        }

        if (schema.Not is { } not)
        {
            NestedPart(not, $"{path}.not", typesMayDiffer: false, isIntOrString: false);
        }
    }

    private void Nested(IList<V1JSONSchemaProps>? schemas, string path, bool typesMayDiffer = false)
    {
        for (var index = 0; index < (schemas?.Count ?? 0); index++)
        {
            NestedPart(
                schemas![index], string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), typesMayDiffer, isIntOrString: false);
        }
    }

    private void NestedPart(V1JSONSchemaProps schema, string path, bool typesMayDiffer, bool isIntOrString)
    {
        NestedRules.Validate(schema, path, typesMayDiffer, _errors);
        Values(schema, path, isIntOrString);
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, V1JSONSchemaProps>())
        {
            NestedPart(property, $"{path}.properties[{name}]", typesMayDiffer: false, isIntOrString: false);
        }

        if (Read(schema.Items, $"{path}.items") is { } items)
        {
            NestedPart(items, $"{path}.items", typesMayDiffer: false, isIntOrString: false);
        }
    }

    private static void Either(bool condition, Action first, Action second) => (condition ? first : second)();

    private enum Place
    {
        Root,
        Field,
        Item,
    }
}
