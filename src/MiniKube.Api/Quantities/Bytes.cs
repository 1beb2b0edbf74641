using k8s.Models;

namespace MiniKube.Api;

/// <summary>A size in bytes: memory, disks.</summary>
public readonly record struct Bytes(long Value) : IComparable<Bytes>
{
    /// <summary>Nothing.</summary>
    public static Bytes Zero => default;

    /// <summary>What a model's quantity means as bytes, rounded up; zero for null.</summary>
    public static Bytes Of(ResourceQuantity? quantity) => new(Quantity.Of(quantity).Value);

    /// <inheritdoc />
    public int CompareTo(Bytes other) => Value.CompareTo(other.Value);

    /// <summary>As Kubernetes writes it: <c>128Mi</c>.</summary>
    public override string ToString() => Quantity.Of(Value, QuantityFormat.BinarySI).ToString();

    /// <summary>The sum.</summary>
    public static Bytes operator +(Bytes left, Bytes right) => new(checked(left.Value + right.Value));

    /// <summary>The difference.</summary>
    public static Bytes operator -(Bytes left, Bytes right) => new(checked(left.Value - right.Value));

    /// <summary>Less.</summary>
    public static bool operator <(Bytes left, Bytes right) => left.Value < right.Value;

    /// <summary>More.</summary>
    public static bool operator >(Bytes left, Bytes right) => left.Value > right.Value;

    /// <summary>Not more.</summary>
    public static bool operator <=(Bytes left, Bytes right) => left.Value <= right.Value;

    /// <summary>Not less.</summary>
    public static bool operator >=(Bytes left, Bytes right) => left.Value >= right.Value;
}
