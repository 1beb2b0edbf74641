using System.Collections.Immutable;
using System.Globalization;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The rules of one version of a CustomResourceDefinition. Pure.</summary>
internal static class VersionRules
{
    // As Kubernetes: each is evaluated for every object of a list and every event of a watch.
    private const int SelectableFieldsMax = 8;

    private static readonly string[] ColumnTypes = ["integer", "number", "string", "boolean", "date"];
    private static readonly string[] ColumnFormats = ["int32", "int64", "float", "double", "byte", "date", "date-time", "password"];

    public static void Validate(V1CustomResourceDefinitionVersion version, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(version.Name))
        {
            errors.Required($"{path}.name");
        }
        else
        {
            errors.Invalid($"{path}.name", version.Name, Names.CheckDns1035Label(version.Name));
        }

        if (version.Deprecated != true && version.DeprecationWarning is not null)
        {
            errors.Invalid($"{path}.deprecationWarning", version.DeprecationWarning, "can only be set for deprecated versions");
        }

        if (version.Schema?.OpenAPIV3Schema is { } schema)
        {
            StructuralRules.Validate(schema, $"{path}.schema.openAPIV3Schema", errors);
        }
        else
        {
            errors.Required($"{path}.schema.openAPIV3Schema", "schemas are required");
        }

        Scale(version.Subresources?.Scale, $"{path}.subresources.scale", errors);
        Columns(version.AdditionalPrinterColumns ?? [], $"{path}.additionalPrinterColumns", errors);
        Fields(version, $"{path}.selectableFields", errors);
    }

    private static void Scale(V1CustomResourceSubresourceScale? scale, string path, FieldErrors errors)
    {
        if (scale is null)
        {
            return;
        }

        Simple(scale.SpecReplicasPath, $"{path}.specReplicasPath", ".spec", required: true, errors);
        Simple(scale.StatusReplicasPath, $"{path}.statusReplicasPath", ".status", required: true, errors);
        if (scale.LabelSelectorPath is { Length: > 0 } selector
            && !selector.StartsWith(".spec.", StringComparison.Ordinal))
        {
            Simple(selector, $"{path}.labelSelectorPath", ".status", required: false, errors, " or .spec");
        }
    }

    private static void Simple(string? value, string path, string root, bool required, FieldErrors errors, string other = "")
    {
        if (string.IsNullOrEmpty(value))
        {
            if (required)
            {
                errors.Required(path);
            }

            return;
        }

        if (!value.StartsWith('.'))
        {
            errors.Invalid(path, value, "must be a simple json path starting with .");
        }
        else if (!value.StartsWith($"{root}.", StringComparison.Ordinal))
        {
            errors.Invalid(path, value, $"should be a json path under {root}{other}");
        }
        else if (!JsonPath.TryParse(value, out var parsed) || parsed.Names is null)
        {
            errors.Invalid(path, value, "must be a json path in the dot notation");
        }
    }

    private static void Columns(IList<V1CustomResourceColumnDefinition> columns, string path, FieldErrors errors)
    {
        for (var index = 0; index < columns.Count; index++)
        {
            var column = columns[index];
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");
            errors.Required($"{at}.name", column.Name, "");
            errors.OneOf($"{at}.type", column.Type, ColumnTypes);
            if (!string.IsNullOrEmpty(column.Format) && !ColumnFormats.Contains(column.Format))
            {
                errors.NotSupported($"{at}.format", column.Format, ColumnFormats);
            }

            if (string.IsNullOrEmpty(column.JsonPath))
            {
                errors.Required($"{at}.jsonPath");
            }
            else if (!column.JsonPath.StartsWith('.'))
            {
                errors.Invalid($"{at}.jsonPath", column.JsonPath, "must be a simple json path starting with .");
            }
            else if (!JsonPath.TryParse(column.JsonPath, out _))
            {
                errors.Invalid($"{at}.jsonPath", column.JsonPath, "must be a path of names, indexes and filters");
            }
        }
    }

    private static void Fields(V1CustomResourceDefinitionVersion version, string path, FieldErrors errors)
    {
        var fields = version.SelectableFields ?? [];
        errors.AtMost(path, fields.Count, SelectableFieldsMax);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < fields.Count; index++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}[{index}].jsonPath");
            var text = fields[index].JsonPath;
            if (string.IsNullOrEmpty(text))
            {
                errors.Required(at);
            }
            else if (!JsonPath.TryParse(text, out var parsed) || parsed.Names is not { Length: > 0 } names)
            {
                errors.Invalid(at, text, "is an invalid path: must be a path of field names starting with .");
            }
            else if (names[0] == "metadata")
            {
                errors.Invalid(at, text, "must not point to fields in metadata");
            }
            else if (TypeAt(version.Schema?.OpenAPIV3Schema, names) is { } problem)
            {
                errors.Invalid(at, text, problem);
            }
            else if (!seen.Add(text))
            {
                errors.Duplicate(at, text);
            }
        }
    }

    private static string? TypeAt(V1JSONSchemaProps? schema, ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            V1JSONSchemaProps? below = null;
            schema?.Properties?.TryGetValue(name, out below);
            schema = below;
        }

        return schema is null ? "is an invalid path: the schema does not define it"
            : schema.Type is "string" or "boolean" or "integer" ? null
            : $"must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.";
    }
}
