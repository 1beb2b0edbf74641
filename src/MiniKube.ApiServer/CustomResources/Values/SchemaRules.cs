using System.Globalization;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Checks a value against its schema, in the words of Kubernetes' validator. Pure.
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
/// </summary>
internal static class SchemaRules
{
    public static void Validate(JsonNode? value, StructuralSchema schema, string path, FieldErrors errors)
    {
        if (value is null && schema.Nullable)
        {
            return;
        }

        if (!HasType(value, schema, path, errors))
        {
            return;
        }

        switch (value)
        {
            case JsonObject fields:
                Fields(fields, schema, path, errors);
                break;
            case JsonArray items:
                ListRules.Validate(items, schema, path, errors);
                for (var index = 0; schema.Items is { } element && index < items.Count; index++)
                {
                    Validate(items[index], element, string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]"), errors);
                }

                break;
            case JsonValue single:
                ScalarRules.Validate(single, schema, path, errors);
                break;
        }

        Enumerated(value, schema.Limits, path, errors);
        JunctionRules.Validate(value, schema, path, errors);
    }

    /// <summary>A problem that is worded as <c>PATH in body ...</c>.</summary>
    public static void Problem(FieldErrors errors, string path, object? value, string what)
        => errors.Invalid(path, value, $"{path} in body {what}");

    public static void WrongType(FieldErrors errors, string path, string wanted, string actual)
        => errors.Add(new FieldError(
            path, "FieldValueTypeInvalid", $"Invalid value: \"{actual}\": {path} in body must be of type {wanted}: \"{actual}\""));

    public static void TooMany(FieldErrors errors, string path, long count, long countMax)
        => errors.Add(new FieldError(path, "FieldValueTooMany", string.Create(
            CultureInfo.InvariantCulture, $"Too many: {count}: must have at most {countMax} items")));

    private static bool HasType(JsonNode? value, StructuralSchema schema, string path, FieldErrors errors)
    {
        var actual = JsonKinds.Of(value);
        if (schema.IsIntOrString)
        {
            if (actual is "integer" or "string")
            {
                return true;
            }

            WrongType(errors, path, "integer,string", actual);
            return false;
        }

        var fits = schema.Type.Length == 0 || schema.Type == actual || (schema.Type == "number" && actual == "integer");
        if (!fits)
        {
            WrongType(errors, path, schema.Type, actual);
        }

        return fits;
    }

    private static void Fields(JsonObject fields, StructuralSchema schema, string path, FieldErrors errors)
    {
        var limits = schema.Limits;
        if (fields.Count > limits.MaxProperties)
        {
            TooMany(errors, path, fields.Count, limits.MaxProperties.Value);
        }

        if (fields.Count < limits.MinProperties)
        {
            Problem(errors, path, limits.MinProperties, string.Create(
                CultureInfo.InvariantCulture, $"should have at least {limits.MinProperties} properties"));
        }

        foreach (var name in limits.Required.Where(name => !fields.ContainsKey(name)))
        {
            errors.Required(Below(path, name));
        }

        foreach (var (name, value) in fields)
        {
            if (schema.Field(name) is { } known)
            {
                Validate(value, known, Below(path, name), errors);
            }
        }

        if (schema.IsEmbeddedResource)
        {
            EmbeddedRules.Validate(fields, path, errors);
        }
    }

    private static void Enumerated(JsonNode? value, ValueLimits limits, string path, FieldErrors errors)
    {
        if (!limits.Enum.IsEmpty && !limits.Enum.Any(one => JsonNode.DeepEquals(one, value)))
        {
            var allowed = limits.Enum.Select(one => JsonKinds.TextOf(one) ?? one?.ToJsonString() ?? "null");
            errors.NotSupported(path, value, allowed);
        }
    }

    public static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
