using k8s.Models;

namespace MiniKube.Api;

/// <summary>Thousandths of a CPU.</summary>
public readonly record struct MilliCpu(long Value) : IComparable<MilliCpu>
{
    /// <summary>No CPU.</summary>
    public static MilliCpu Zero => default;

    /// <summary>What a model's quantity means as CPU, rounded up; zero for null.</summary>
    public static MilliCpu Of(ResourceQuantity? quantity) => new(Quantity.Of(quantity).MilliValue);

    /// <inheritdoc />
    public int CompareTo(MilliCpu other) => Value.CompareTo(other.Value);

    /// <summary>As Kubernetes writes it: <c>500m</c>, <c>2</c>.</summary>
    public override string ToString() => Quantity.OfMilli(Value).ToString();

    /// <summary>The sum.</summary>
    public static MilliCpu operator +(MilliCpu left, MilliCpu right) => new(checked(left.Value + right.Value));

    /// <summary>The difference.</summary>
    public static MilliCpu operator -(MilliCpu left, MilliCpu right) => new(checked(left.Value - right.Value));

    /// <summary>Less.</summary>
    public static bool operator <(MilliCpu left, MilliCpu right) => left.Value < right.Value;

    /// <summary>More.</summary>
    public static bool operator >(MilliCpu left, MilliCpu right) => left.Value > right.Value;

    /// <summary>Not more.</summary>
    public static bool operator <=(MilliCpu left, MilliCpu right) => left.Value <= right.Value;

    /// <summary>Not less.</summary>
    public static bool operator >=(MilliCpu left, MilliCpu right) => left.Value >= right.Value;
}
