using MiniKube.Cel;

namespace MiniKube.ApiServer;

/// <summary>
/// What expressions may do with values of a schema. https://kubernetes.io/docs/reference/using-api/cel/#type-system-integration
/// </summary>
internal static class CelShapes
{
    private static readonly CelShape Metadata = CelShape.ObjectOf(
        static name => name is "name" or "generateName" ? CelShape.String : null);

    /// <param name="schema">Of the value that is <c>self</c>.</param>
    /// <param name="isResource">True for whole objects, which have kind and metadata of their own.</param>
    public static CelShape Of(StructuralSchema schema, bool isResource = false)
    {
        if (schema.IsIntOrString)
        {
            return CelShape.Dynamic;
        }

        return schema.Type switch
        {
            "object" => OfObject(schema, isResource || schema.IsEmbeddedResource),
            "array" => schema.Items is { } items ? CelShape.ListOf(Of(items)) : CelShape.Dynamic,
            "string" => OfText(schema.Format),
            "integer" => CelShape.Int,
            "number" => CelShape.Double,
            "boolean" => CelShape.Bool,
            _ => CelShape.Dynamic,
        };
    }

    private static CelShape OfObject(StructuralSchema schema, bool isResource)
    {
        if (schema.AdditionalProperties is { } entries)
        {
            return CelShape.MapOf(Of(entries));
        }

        // What is kept without a schema can be looked at, and nothing is known of it.
        return schema.PreservesUnknown || (schema.Properties.Count == 0 && !isResource)
            ? CelShape.Dynamic
            : CelShape.ObjectOf(name => isResource && TypeField(name) is { } known ? known
                : schema.Properties.GetValueOrDefault(name) is { } property ? Of(property) : null);
    }

    private static CelShape? TypeField(string name) => name switch
    {
        "apiVersion" or "kind" => CelShape.String,
        "metadata" => Metadata,
        _ => null,
    };

    private static CelShape OfText(string format) => format switch
    {
        "date" or "date-time" => CelShape.Timestamp,
        "duration" => CelShape.Duration,
        "byte" => CelShape.Bytes,
        _ => CelShape.String,
    };
}
