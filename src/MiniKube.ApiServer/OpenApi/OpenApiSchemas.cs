using System.Text.Json;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Schemas of models: what is referred to is remembered, and written once at the end together with all it refers to.
/// </summary>
internal sealed class OpenApiSchemas(
    Utf8JsonWriter writer, OpenApiDialect dialect, IEnumerable<ResourceDefinition> kinds, ModelTexts texts)
{
    private static readonly HashSet<Type> MetaTypes =
    [
        typeof(V1ObjectMeta), typeof(V1ListMeta), typeof(V1OwnerReference), typeof(V1ManagedFieldsEntry), typeof(V1LabelSelector),
        typeof(V1LabelSelectorRequirement), typeof(V1Status), typeof(V1StatusDetails), typeof(V1StatusCause), typeof(V1Condition),
        typeof(V1DeleteOptions), typeof(V1Preconditions),
    ];

    private readonly HashSet<JsonShape> _known = [];
    private readonly Queue<JsonShape> _waiting = new();
    private readonly Queue<CustomResource> _custom = new();
    private readonly HashSet<CustomResource> _knownCustom = [];
    private readonly Dictionary<Type, Gvk> _kinds = kinds.Where(static kind => kind is not CustomResource)
        .ToDictionary(kind => kind.ObjectType, kind => kind.Gvk);

    /// <summary><c>{"$ref": "#/components/schemas/..."}</c></summary>
    public void WriteReference(JsonShape shape)
    {
        writer.WriteStartObject();
        WriteReferenceProperty(shape);
        writer.WriteEndObject();
    }

    /// <summary>A reference to the schema of a kind's objects.</summary>
    public void WriteReference(ResourceDefinition kind)
    {
        if (kind is not CustomResource custom)
        {
            WriteReference(JsonShape.Of(kind.ObjectType));
            return;
        }

        if (_knownCustom.Add(custom))
        {
            _custom.Enqueue(custom);
        }

        writer.WriteStartObject();
        writer.WriteString("$ref", $"{Root}{CustomSchemaWriter.NameOf(custom)}");
        writer.WriteEndObject();
    }

    /// <summary>Every schema referred to so far, and what they refer to.</summary>
    public void WriteMentioned()
    {
        while (_custom.TryDequeue(out var custom))
        {
            writer.WriteStartObject(CustomSchemaWriter.NameOf(custom));
            new CustomSchemaWriter(writer, dialect, WriteMetadata).Write(custom);
            writer.WriteEndObject();
        }

        while (_waiting.TryDequeue(out var shape))
        {
            writer.WriteStartObject(NameOf(shape));
            WriteObject(shape);
            writer.WriteEndObject();
        }
    }

    private string Root => dialect == OpenApiDialect.V3 ? "#/components/schemas/" : "#/definitions/";

    private void WriteMetadata()
    {
        writer.WriteStartObject();
        WriteValue(JsonShape.Of(typeof(V1ObjectMeta)));
        writer.WriteEndObject();
    }

    private void WriteObject(JsonShape shape)
    {
        WriteText(texts.Find(shape.Type));
        writer.WriteString("type", "object");
        if (shape.Properties.Count > 0)
        {
            writer.WriteStartObject("properties");
            foreach (var property in shape.Properties.Values.OrderBy(property => property.Name, StringComparer.Ordinal))
            {
                writer.WriteStartObject(property.Name);
                WriteText(texts.Find(shape.Type, property.Name));
                WriteValue(property.Shape);
                WriteStrategy(MergeKeys.Find(shape.Type, property.Name), property.Shape);
                WriteTopology(FieldTopology.Find(shape.Type, property.Name), property.Shape);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        if (FieldTopology.IsWhole(shape.Type))
        {
            writer.WriteString("x-kubernetes-map-type", "atomic");
        }

        if (_kinds.TryGetValue(shape.Type, out var kind))
        {
            writer.WriteStartArray("x-kubernetes-group-version-kind");
            OpenApiPaths.WriteKind(writer, kind);
            writer.WriteEndArray();
        }
    }

    private void WriteText(string? text)
    {
        if (text is not null)
        {
            writer.WriteString("description", text);
        }
    }

    private void WriteValue(JsonShape shape)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Object when dialect == OpenApiDialect.V3:
                writer.WriteStartArray("allOf"); // Beside a bare $ref nothing else may stand.
                WriteReference(shape);
                writer.WriteEndArray();
                break;
            case ShapeKind.Object:
                WriteReferenceProperty(shape);
                break;
            case ShapeKind.List:
                writer.WriteString("type", "array");
                writer.WriteStartObject("items");
                WriteElement(shape.Element);
                writer.WriteEndObject();
                break;
            case ShapeKind.Map:
                writer.WriteString("type", "object");
                writer.WriteStartObject("additionalProperties");
                WriteElement(shape.Element);
                writer.WriteEndObject();
                break;
            default:
                WriteScalar(shape.Kind);
                break;
        }
    }

    private void WriteElement(JsonShape shape)
    {
        if (shape.Kind == ShapeKind.Object)
        {
            WriteReferenceProperty(shape);
        }
        else
        {
            WriteValue(shape);
        }
    }

    private void WriteScalar(ShapeKind kind)
    {
        var (type, format) = kind switch
        {
            ShapeKind.Boolean => ("boolean", null),
            ShapeKind.Int32 => ("integer", "int32"),
            ShapeKind.Int64 => ("integer", "int64"),
            ShapeKind.Number => ("number", "double"),
            ShapeKind.Time => ("string", "date-time"),
            ShapeKind.Bytes => ("string", "byte"),
            ShapeKind.IntOrString => ("string", "int-or-string"),
            ShapeKind.Any => ("object", null),
            _ => ("string", (string?)null),
        };
        if (dialect == OpenApiDialect.V3 && kind is ShapeKind.Quantity or ShapeKind.IntOrString)
        {
            WriteNumberOrText(kind);
            return;
        }

        writer.WriteString("type", type);
        if (format is not null)
        {
            writer.WriteString("format", format);
        }
    }

    private void WriteNumberOrText(ShapeKind kind)
    {
        if (kind == ShapeKind.IntOrString)
        {
            writer.WriteString("format", "int-or-string");
        }

        writer.WriteStartArray("oneOf");
        string[] types = kind == ShapeKind.IntOrString ? ["integer", "string"] : ["string", "number"];
        foreach (var type in types)
        {
            writer.WriteStartObject();
            writer.WriteString("type", type);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteStrategy(MergeStrategy? strategy, JsonShape shape)
    {
        if (strategy is null)
        {
            return;
        }

        var merges = shape.Kind == ShapeKind.List;
        writer.WriteString("x-kubernetes-patch-strategy",
            merges && strategy.RetainKeys ? "merge,retainKeys" : strategy.RetainKeys ? "retainKeys" : "merge");
        if (strategy.Key is not null)
        {
            writer.WriteString("x-kubernetes-patch-merge-key", strategy.Key);
        }
    }

    private void WriteTopology(FieldTopology? topology, JsonShape shape)
    {
        if (shape.Kind == ShapeKind.List)
        {
            writer.WriteString("x-kubernetes-list-type", topology?.Topology switch
            {
                Topology.Set => "set",
                Topology.Keyed => "map",
                _ => "atomic",
            });
        }
        else if (topology is not null)
        {
            writer.WriteString("x-kubernetes-map-type", topology.Topology == Topology.Atomic ? "atomic" : "granular");
        }

        if (topology is { Keys.Length: > 0 })
        {
            writer.WriteStartArray("x-kubernetes-list-map-keys");
            foreach (var key in topology.Keys)
            {
                writer.WriteStringValue(key.Name);
            }

            writer.WriteEndArray();
        }
    }

    private void WriteReferenceProperty(JsonShape shape)
    {
        if (_known.Add(shape))
        {
            _waiting.Enqueue(shape);
        }

        writer.WriteString("$ref", $"{Root}{NameOf(shape)}");
    }

    private string NameOf(JsonShape shape)
    {
        if (MetaTypes.Contains(shape.Type))
        {
            return $"io.k8s.apimachinery.pkg.apis.meta.v1.{shape.Title}";
        }

        var group = _kinds.TryGetValue(shape.Type, out var kind) ? kind.Group : GroupOf(shape);
        return $"io.k8s.api.{Label(group)}.{kind.Version ?? shape.Version}.{shape.Title}";
    }

    // The models say which group a part is of only where two have the same name (Discoveryv1EndpointPort). Elsewhere, one that has
    // a kind's name in its own belongs to that kind's group.
    private string GroupOf(JsonShape shape)
    {
        var named = _kinds.Values.FirstOrDefault(
            kind => shape.Type.Name.StartsWith($"{Label(kind.Group)}{kind.Version}", StringComparison.OrdinalIgnoreCase));
        return named.Kind is not null
            ? named.Group
            : _kinds.Values
                .Where(kind => shape.Title.Contains(kind.Kind, StringComparison.Ordinal))
                .OrderByDescending(kind => kind.Kind.Length)
                .Select(kind => kind.Group)
                .FirstOrDefault("");
    }

    private static string Label(string group) => group.Length == 0 ? "core" : group.Split('.')[0];
}
