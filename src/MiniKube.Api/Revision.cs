using System.Globalization;

namespace MiniKube.Api;

/// <summary>
/// A point in the store's history: the number of writes since the cluster was made. Clients see it as
/// <c>resourceVersion</c>. 0 is "before the first write".
/// </summary>
public readonly record struct Revision(long Value) : IComparable<Revision>
{
    /// <summary>Before the first write; in requests, "any".</summary>
    public static Revision Zero => default;

    /// <summary>The revision of the write after this one.</summary>
    public Revision Next => new(checked(Value + 1));

    /// <summary>Reads the decimal form. False for anything else, signs and leading spaces included.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Revision revision)
    {
        var parsed = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        revision = new Revision(parsed ? value : 0);
        return parsed;
    }

    /// <inheritdoc />
    public int CompareTo(Revision other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Earlier than.</summary>
    public static bool operator <(Revision left, Revision right) => left.Value < right.Value;

    /// <summary>Later than.</summary>
    public static bool operator >(Revision left, Revision right) => left.Value > right.Value;

    /// <summary>Not later than.</summary>
    public static bool operator <=(Revision left, Revision right) => left.Value <= right.Value;

    /// <summary>Not earlier than.</summary>
    public static bool operator >=(Revision left, Revision right) => left.Value >= right.Value;
}
