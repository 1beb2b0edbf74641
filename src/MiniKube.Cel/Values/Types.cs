using System.Diagnostics.CodeAnalysis;

namespace MiniKube.Cel;

/// <summary>A list of an expression; may be a view of JSON.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "CEL's word is list")]
public interface ICelList
{
    /// <summary>How many elements there are.</summary>
    int Count { get; }

    /// <summary>The element at an index from 0 to <see cref="Count"/> - 1.</summary>
    object? At(int index);
}

/// <summary>A map of an expression, a JSON object among them. Keys are bool, long, ulong and string.</summary>
public interface ICelMap
{
    /// <summary>How many entries there are.</summary>
    int Count { get; }

    /// <summary>The keys, in the order they were written.</summary>
    IEnumerable<object> Keys { get; }

    /// <summary>The value of a key; numbers find keys of equal value.</summary>
    bool TryGet(object? key, out object? value);
}

/// <summary>A type as a value: what <c>type(x)</c> gives.</summary>
public sealed record CelType(string Name);

/// <summary>A value that may be absent: <c>optional.of(x)</c>, <c>optional.none()</c>, <c>a.?b</c>.</summary>
public sealed record CelOptional(bool HasValue, object? Value)
{
    internal static CelOptional None { get; } = new(false, null);
}
