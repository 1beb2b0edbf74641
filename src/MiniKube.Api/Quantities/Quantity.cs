using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using k8s.Models;

namespace MiniKube.Api;

/// <summary>How a quantity was written, and so how it is printed.</summary>
public enum QuantityFormat
{
    /// <summary><c>100m</c>, <c>2k</c>, <c>5M</c>.</summary>
    DecimalSI,

    /// <summary><c>12Mi</c>.</summary>
    BinarySI,

    /// <summary><c>12e6</c>.</summary>
    DecimalExponent,
}

/// <summary>
/// An exact amount of a resource with Kubernetes' rules: rounded up to a billionth, never above 2^63 - 1. Compared by amount, not by
/// format. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
/// </summary>
public readonly partial struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private static readonly Int128 NanosPerUnit = 1_000_000_000;
    private static readonly Int128 NanosMax = NanosPerUnit * long.MaxValue;

    private readonly Int128 _nanos;

    private Quantity(Int128 nanos, QuantityFormat format)
    {
        _nanos = Int128.Clamp(nanos, -NanosMax, NanosMax);
        Format = format;
    }

    /// <summary>Nothing.</summary>
    public static Quantity Zero => default;

    /// <summary>How it is printed.</summary>
    public QuantityFormat Format { get; }

    /// <summary>-1, 0 or 1.</summary>
    public int Sign => Int128.Sign(_nanos);

    /// <summary>The amount in whole units, rounded up.</summary>
    public long Value => (long)DivideUp(_nanos, NanosPerUnit);

    /// <summary>The amount in thousandths, rounded up; <see cref="long.MaxValue"/> when it is larger than that.</summary>
    public long MilliValue => (long)Int128.Clamp(DivideUp(_nanos, 1_000_000), long.MinValue, long.MaxValue);

    /// <summary>True when there is no fraction.</summary>
    public bool IsInteger => _nanos % NanosPerUnit == 0;

    /// <summary>A number of whole units.</summary>
    public static Quantity Of(long value, QuantityFormat format = QuantityFormat.DecimalSI) => new(value * NanosPerUnit, format);

    /// <summary>A number of thousandths, such as of a CPU.</summary>
    public static Quantity OfMilli(long milli) => new((Int128)milli * 1_000_000, QuantityFormat.DecimalSI);

    /// <summary>The amount a model holds; zero for null.</summary>
    public static Quantity Of(ResourceQuantity? model)
    {
        if (model is null)
        {
            return Zero;
        }

        var format = model.Format switch
        {
            ResourceQuantity.SuffixFormat.BinarySI => QuantityFormat.BinarySI,
            ResourceQuantity.SuffixFormat.DecimalExponent => QuantityFormat.DecimalExponent,
            _ => QuantityFormat.DecimalSI,
        };
        return new Quantity(RoundUp(model.ToDecimal()), format);
    }

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">It is not a quantity; the message is Kubernetes'.</exception>
    public static Quantity Parse(string text)
        => TryParse(text, out var quantity, out var problem) ? quantity : throw new FormatException(problem);

    /// <summary>Reads the text form; on failure <paramref name="problem"/> says what is wrong in Kubernetes' words.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Quantity quantity, [NotNullWhen(false)] out string? problem)
        => new QuantityReader(text).TryRead(out quantity, out problem);

    /// <summary>The form the models carry.</summary>
    public ResourceQuantity ToModel() => new(ToString());

    /// <inheritdoc />
    public int CompareTo(Quantity other) => _nanos.CompareTo(other._nanos);

    /// <inheritdoc />
    public bool Equals(Quantity other) => _nanos == other._nanos;

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _nanos.GetHashCode();

    /// <summary>The sum, in the format of the left one unless that is zero.</summary>
    public static Quantity operator +(Quantity left, Quantity right)
        => new(left._nanos + right._nanos, left.Sign == 0 ? right.Format : left.Format);

    /// <summary>The difference, in the format of the left one unless that is zero.</summary>
    public static Quantity operator -(Quantity left, Quantity right)
        => new(left._nanos - right._nanos, left.Sign == 0 ? right.Format : left.Format);

    /// <summary>The same amount.</summary>
    public static bool operator ==(Quantity left, Quantity right) => left.Equals(right);

    /// <summary>Another amount.</summary>
    public static bool operator !=(Quantity left, Quantity right) => !left.Equals(right);

    /// <summary>Less.</summary>
    public static bool operator <(Quantity left, Quantity right) => left._nanos < right._nanos;

    /// <summary>More.</summary>
    public static bool operator >(Quantity left, Quantity right) => left._nanos > right._nanos;

    /// <summary>Not more.</summary>
    public static bool operator <=(Quantity left, Quantity right) => left._nanos <= right._nanos;

    /// <summary>Not less.</summary>
    public static bool operator >=(Quantity left, Quantity right) => left._nanos >= right._nanos;

    internal static Quantity OfNanos(BigInteger nanos, QuantityFormat format)
        => new((Int128)BigInteger.Clamp(nanos, -(BigInteger)NanosMax, (BigInteger)NanosMax), format);

    // Away from zero, as Kubernetes rounds: whoever asked for some resources gets some.
    private static Int128 DivideUp(Int128 value, Int128 by)
    {
        var (quotient, rest) = Int128.DivRem(value, by);
        return rest == 0 ? quotient : quotient + Int128.Sign(value);
    }

    private static Int128 RoundUp(decimal value)
    {
        if (Math.Abs(value) >= long.MaxValue)
        {
            return Math.Sign(value) * NanosMax;
        }

        var whole = decimal.Truncate(value);
        var part = (value - whole) * 1_000_000_000m;
        var rounded = value < 0 ? decimal.Floor(part) : decimal.Ceiling(part);
        return ((Int128)whole * NanosPerUnit) + (Int128)rounded;
    }
}
