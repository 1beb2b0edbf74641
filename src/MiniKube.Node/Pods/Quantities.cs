using k8s.Models;

namespace MiniKube.Node;

/// <summary>Amounts of resources in the units the runtime takes.</summary>
internal static class Quantities
{
    /// <summary>Whole bytes, rounded up; null when the map does not name the resource.</summary>
    public static long? Bytes(IDictionary<string, ResourceQuantity>? quantities, string name)
        => Find(quantities, name) is { } amount ? (long)Math.Ceiling(amount) : null;

    /// <summary>Thousandths, rounded up; null when the map does not name the resource.</summary>
    public static long? Millis(IDictionary<string, ResourceQuantity>? quantities, string name)
        => Find(quantities, name) is { } amount ? (long)Math.Ceiling(amount * 1000) : null;

    private static decimal? Find(IDictionary<string, ResourceQuantity>? quantities, string name)
        => quantities is not null && quantities.TryGetValue(name, out var quantity) ? quantity.ToDecimal() : null;
}
