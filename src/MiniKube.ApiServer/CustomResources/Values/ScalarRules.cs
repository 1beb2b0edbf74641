using System.Globalization;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What texts and numbers must meet. Pure.</summary>
internal static class ScalarRules
{
    public static void Validate(JsonValue value, StructuralSchema schema, string path, FieldErrors errors)
    {
        if (JsonKinds.TextOf(value) is { } text)
        {
            Text(text, schema, path, errors);
        }
        else if (JsonKinds.NumberOf(value) is { } number)
        {
            Number(value, number, schema, path, errors);
        }
    }

    private static void Text(string text, StructuralSchema schema, string path, FieldErrors errors)
    {
        var limits = schema.Limits;
        if (limits.MaxLength is not null || limits.MinLength is not null)
        {
            var length = text.EnumerateRunes().Count();
            if (length > limits.MaxLength)
            {
                errors.Add(new FieldError(path, "FieldValueTooLong", string.Create(
                    CultureInfo.InvariantCulture, $"Too long: may not be more than {limits.MaxLength} bytes")));
            }

            if (length < limits.MinLength)
            {
                SchemaRules.Problem(errors, path, text, string.Create(
                    CultureInfo.InvariantCulture, $"should be at least {limits.MinLength} chars long"));
            }
        }

        if (limits.Pattern is { } pattern && !pattern.IsMatch(text))
        {
            SchemaRules.Problem(errors, path, text, $"should match '{pattern.Text}'");
        }

        if (!TextFormats.IsValid(schema.Format, text))
        {
            errors.Add(new FieldError(path, "FieldValueTypeInvalid",
                $"Invalid value: \"{text}\": {path} in body must be of type {schema.Format}: \"{text}\""));
        }
    }

    private static void Number(JsonValue value, double number, StructuralSchema schema, string path, FieldErrors errors)
    {
        var limits = schema.Limits;
        if (limits.Maximum is { } most && (limits.ExclusiveMaximum ? number >= most : number > most))
        {
            var how = limits.ExclusiveMaximum ? "less than" : "less than or equal to";
            SchemaRules.Problem(errors, path, value, string.Create(CultureInfo.InvariantCulture, $"should be {how} {most}"));
        }

        if (limits.Minimum is { } least && (limits.ExclusiveMinimum ? number <= least : number < least))
        {
            var how = limits.ExclusiveMinimum ? "greater than" : "greater than or equal to";
            SchemaRules.Problem(errors, path, value, string.Create(CultureInfo.InvariantCulture, $"should be {how} {least}"));
        }

        if (limits.MultipleOf is { } factor && factor > 0 && !IsMultiple(number, factor))
        {
            SchemaRules.Problem(errors, path, value, string.Create(CultureInfo.InvariantCulture, $"should be a multiple of {factor}"));
        }

        if (schema is { Type: "integer", Format: "int32" } && number is < int.MinValue or > int.MaxValue)
        {
            SchemaRules.WrongType(errors, path, "int32", "int64");
        }
    }

    // 0.3 / 0.1 is not quite 3.
    private static bool IsMultiple(double number, double factor)
    {
        var times = number / factor;
        return Math.Abs(times - Math.Round(times)) <= Math.Abs(times) * 1e-12;
    }
}
