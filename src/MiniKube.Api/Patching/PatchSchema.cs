using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace MiniKube.Api;

/// <summary>
/// Which model stands behind a JSON field: what a strategic merge patch must know to find merge keys below the root. A field with
/// no model of ours (a label map, a free-form value) has the schema <see cref="Unknown"/>, below which lists are replaced.
/// </summary>
public sealed class PatchSchema
{
    private static readonly ConcurrentDictionary<Type, PatchSchema> Known = new();

    private readonly Lazy<FrozenDictionary<string, Type>> _elements;
    private readonly Type? _model;

    private PatchSchema(Type? model)
    {
        _model = model;
        _elements = new(() => model is null ? FrozenDictionary<string, Type>.Empty : ElementTypes(model));
    }

    /// <summary>Nothing is known: objects merge, lists are replaced.</summary>
    public static PatchSchema Unknown { get; } = new(model: null);

    /// <summary>The schema of a model; made once for the process.</summary>
    public static PatchSchema Of(Type model) => Known.GetOrAdd(model, static type => new PatchSchema(type));

    /// <summary>How the field merges, or null.</summary>
    public MergeStrategy? Strategy(string field) => _model is null ? null : MergeKeys.Find(_model, field);

    /// <summary>The schema of the field's value, or of its elements when it is a list.</summary>
    public PatchSchema Below(string field)
        => _elements.Value.TryGetValue(field, out var type) && IsModel(type) ? Of(type) : Unknown;

    private static FrozenDictionary<string, Type> ElementTypes(Type model)
        => ObjectJson.Options.GetTypeInfo(model).Properties
            .ToFrozenDictionary(property => property.Name, property => ElementType(property.PropertyType));

    private static Type ElementType(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>) ? type.GetGenericArguments()[0] : type;

    private static bool IsModel(Type type)
        => type.Namespace == "k8s.Models" && type.GetProperties().Length > 0
            && type != typeof(k8s.Models.IntOrString) && type != typeof(k8s.Models.ResourceQuantity);
}
