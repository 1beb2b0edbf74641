using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// <c>allOf</c>, <c>anyOf</c>, <c>oneOf</c> and <c>not</c>. What none of several alternatives meets is told as Kubernetes does: the
/// sentence about the alternatives, which names no field, and what keeps the nearest one from being met. Pure.
/// </summary>
internal static class JunctionRules
{
    // As Kubernetes prints the path of a problem that belongs to no field.
    private const string NoPath = "<nil>";

    public static void Validate(JsonNode? value, StructuralSchema schema, string path, FieldErrors errors)
    {
        if (!schema.AllOf.IsEmpty)
        {
            AllOf(value, schema.AllOf, path, errors);
        }

        if (!schema.AnyOf.IsEmpty)
        {
            AnyOf(value, schema.AnyOf, path, errors);
        }

        if (!schema.OneOf.IsEmpty)
        {
            OneOf(value, schema.OneOf, path, errors);
        }

        if (schema.Not is { } forbidden && Try(value, forbidden, path).Count == 0)
        {
            errors.Invalid(NoPath, "", $"\"{path}\" must not validate the schema (not)");
        }
    }

    private static void AllOf(JsonNode? value, ImmutableArray<StructuralSchema> schemas, string path, FieldErrors errors)
    {
        var found = schemas.SelectMany(schema => Try(value, schema, path)).ToList();
        found.ForEach(errors.Add);
        if (found.Count > 0)
        {
            errors.Invalid(NoPath, "", $"\"{path}\" must validate all the schemas (allOf)");
        }
    }

    private static void AnyOf(JsonNode? value, ImmutableArray<StructuralSchema> schemas, string path, FieldErrors errors)
    {
        var best = Best(value, schemas, path, out _);
        if (best.Count > 0)
        {
            errors.Invalid(NoPath, "", $"\"{path}\" must validate at least one schema (anyOf)");
            AddAll(best, errors);
        }
    }

    private static void OneOf(JsonNode? value, ImmutableArray<StructuralSchema> schemas, string path, FieldErrors errors)
    {
        var best = Best(value, schemas, path, out var met);
        if (met == 1)
        {
            return;
        }

        var found = met == 0
            ? "Found none valid"
            : string.Create(CultureInfo.InvariantCulture, $"Found {met} valid alternatives");
        errors.Invalid(NoPath, "", $"\"{path}\" must validate one and only one schema (oneOf). {found}");
        AddAll(best, errors);
    }

    private static IReadOnlyList<FieldError> Best(
        JsonNode? value, ImmutableArray<StructuralSchema> schemas, string path, out int met)
    {
        var tries = schemas.Select(schema => Try(value, schema, path)).ToList();
        met = tries.Count(static one => one.Count == 0);
        return tries.MinBy(static one => one.Count)!;
    }

    private static IReadOnlyList<FieldError> Try(JsonNode? value, StructuralSchema schema, string path)
    {
        var errors = new FieldErrors();
        SchemaRules.Validate(value, schema, path, errors);
        return errors.Found;
    }

    private static void AddAll(IReadOnlyList<FieldError> found, FieldErrors errors)
    {
        foreach (var one in found)
        {
            errors.Add(one);
        }
    }
}
