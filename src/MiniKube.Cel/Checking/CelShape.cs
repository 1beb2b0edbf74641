using System.Diagnostics.CodeAnalysis;

namespace MiniKube.Cel;

/// <summary>
/// What is known of a value before there is one, for <see cref="CelEnvironment.Check"/>. What is not known is <see cref="Dynamic"/>, and
/// everything may be done with it. Immutable.
/// </summary>
public sealed class CelShape
{
    private readonly Func<string, CelShape?>? _field;

    private CelShape(string name, CelShape? element = null, Func<string, CelShape?>? field = null)
    {
        Name = name;
        Element = element;
        _field = field;
    }

    /// <summary>Anything.</summary>
    public static CelShape Dynamic { get; } = new("dyn");

    /// <summary>True or false.</summary>
    public static CelShape Bool { get; } = new("bool");

    /// <summary>A whole number.</summary>
    public static CelShape Int { get; } = new("int");

    /// <summary>A whole number that is not negative.</summary>
    public static CelShape Uint { get; } = new("uint");

    /// <summary>A real number.</summary>
    public static CelShape Double { get; } = new("double");

    /// <summary>A text.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "CEL's word is string")]
    public static CelShape String { get; } = new("string");

    /// <summary>Bytes.</summary>
    public static CelShape Bytes { get; } = new("bytes");

    /// <summary>A moment.</summary>
    public static CelShape Timestamp { get; } = new("timestamp");

    /// <summary>A length of time.</summary>
    public static CelShape Duration { get; } = new("duration");

    /// <summary>The type as messages name it: <c>list(string)</c>.</summary>
    public string Name { get; }

    internal CelShape? Element { get; }

    internal bool IsDynamic => ReferenceEquals(this, Dynamic);

    internal bool IsList => Element is not null && Name.StartsWith("list(", StringComparison.Ordinal);

    internal bool IsMap => Element is not null && !IsList;

    internal bool IsObject => _field is not null;

    internal bool IsScalar => !IsDynamic && Element is null && _field is null;

    /// <summary>A list of values of the shape.</summary>
    public static CelShape ListOf(CelShape element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return new CelShape($"list({element.Name})", element);
    }

    /// <summary>A map from texts to values of the shape.</summary>
    public static CelShape MapOf(CelShape element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return new CelShape($"map(string, {element.Name})", element);
    }

    /// <summary>An object that has the fields the function knows, and no others.</summary>
    public static CelShape ObjectOf(Func<string, CelShape?> field) => new("object", field: field);

    internal CelShape? Field(string name) => _field!(name);
}
