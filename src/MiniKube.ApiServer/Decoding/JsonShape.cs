using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What a JSON value must look like.</summary>
internal enum ShapeKind
{
    Any,
    Object,
    Map,
    List,
    Text,
    Bytes,
    Time,
    Boolean,
    Int32,
    Int64,
    Number,
    Quantity,
    IntOrString,
}

/// <summary>
/// The JSON form of a model's type, taken from its serializer's contract: what a body is checked against, and what the OpenAPI
/// schemas are written from. Made when first asked for; one per type for the life of the process.
/// </summary>
internal sealed partial class JsonShape
{
    private static readonly ConcurrentDictionary<Type, JsonShape> Known = new();

    private static readonly FrozenDictionary<Type, ShapeKind> Scalars = new Dictionary<Type, ShapeKind>
    {
        [typeof(string)] = ShapeKind.Text,
        [typeof(byte[])] = ShapeKind.Bytes,
        [typeof(DateTime)] = ShapeKind.Time,
        [typeof(bool)] = ShapeKind.Boolean,
        [typeof(int)] = ShapeKind.Int32,
        [typeof(long)] = ShapeKind.Int64,
        [typeof(double)] = ShapeKind.Number,
        [typeof(ResourceQuantity)] = ShapeKind.Quantity,
        [typeof(IntOrString)] = ShapeKind.IntOrString,
    }.ToFrozenDictionary();

    private readonly Type _type;
    private readonly Type? _elementType;
    private FrozenDictionary<string, ShapeProperty>? _properties;
    private JsonShape? _element;

    private JsonShape(Type type)
    {
        _type = type;
        Kind = KindOf(type, out _elementType);
    }

    public ShapeKind Kind { get; }

    /// <summary>The model's type.</summary>
    public Type Type => _type;

    /// <summary>True when an absent value and null are told apart from zero.</summary>
    public bool TakesNull => !_type.IsValueType || Nullable.GetUnderlyingType(_type) is not null;

    /// <summary>Fields of an object by name.</summary>
    public FrozenDictionary<string, ShapeProperty> Properties => _properties ??= ReadProperties();

    /// <summary>What a list or map holds.</summary>
    public JsonShape Element => _element ??= Of(_elementType ?? typeof(object));

    /// <summary>The type as Kubernetes' messages name it: <c>int32</c>, <c>[]v1.Container</c>.</summary>
    public string GoType => Kind switch
    {
        ShapeKind.Text => "string",
        ShapeKind.Bytes => "[]uint8",
        ShapeKind.Time => "v1.Time",
        ShapeKind.Boolean => "bool",
        ShapeKind.Int32 => "int32",
        ShapeKind.Int64 => "int64",
        ShapeKind.Number => "float64",
        ShapeKind.Quantity => "resource.Quantity",
        ShapeKind.IntOrString => "intstr.IntOrString",
        ShapeKind.List => $"[]{Element.GoType}",
        ShapeKind.Map => $"map[string]{Element.GoType}",
        ShapeKind.Object => $"{Version}.{Title}",
        _ => "interface {}",
    };

    /// <summary>The model's name without group and version: <c>DeploymentSpec</c>.</summary>
    public string Title => NameForm().Match(_type.Name).Groups["title"].Value;

    /// <summary>The version in the model's name: <c>v1</c>.</summary>
    public string Version => NameForm().Match(_type.Name).Groups["version"] is { Success: true } version
        ? version.Value.ToLowerInvariant()
        : "v1";

    public static JsonShape Of(Type type) => Known.GetOrAdd(type, static one => new JsonShape(one));

    // V1Pod, V2MetricSpec; Corev1Event and Discoveryv1EndpointPort where two groups have the same name.
    [GeneratedRegex(@"^(?:(?:[A-Z][a-z]+)?(?<version>[Vv]\d+((alpha|beta)\d+)?))?(?<title>.+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex NameForm();

    private static ShapeKind KindOf(Type type, out Type? element)
    {
        element = null;
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsGenericType)
        {
            element = plain.GetGenericArguments()[^1];
            return plain.GetGenericTypeDefinition() == typeof(IDictionary<,>) ? ShapeKind.Map : ShapeKind.List;
        }

        return Scalars.GetValueOrDefault(plain, plain == typeof(object) ? ShapeKind.Any : ShapeKind.Object);
    }

    private FrozenDictionary<string, ShapeProperty> ReadProperties()
        => Kind == ShapeKind.Object
            ? ObjectJson.Options.GetTypeInfo(_type).Properties
                .Where(property => property.Set is not null)
                .Select((property, index) => new ShapeProperty(property.Name, index, property.PropertyType))
                .ToFrozenDictionary(property => property.Name, StringComparer.Ordinal)
            : FrozenDictionary<string, ShapeProperty>.Empty;
}

/// <summary>One field of an object; <see cref="Index"/> numbers the fields of the type.</summary>
internal sealed class ShapeProperty(string name, int index, Type type)
{
    private JsonShape? _shape;

    public string Name { get; } = name;

    public int Index { get; } = index;

    public JsonShape Shape => _shape ??= JsonShape.Of(type);
}
