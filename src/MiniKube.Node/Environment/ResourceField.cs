using System.Globalization;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// <c>resourceFieldRef</c>: a container's request or limit divided by a divisor, rounded up. What is not limited is
/// limited by the node.
/// </summary>
internal static class ResourceField
{
    /// <summary>The number as text; null when the resource is not one a container can refer to.</summary>
    public static string? Read(V1Container container, V1ResourceFieldSelector selector, NodeResources node)
    {
        var (kind, name) = Split(selector.Resource);
        var limit = Quantity(container.Resources?.Limits, name);
        var request = Quantity(container.Resources?.Requests, name) ?? limit;
        var amount = kind switch
        {
            "limits" => limit ?? Allocatable(name, node),
            "requests" => request ?? (name is "cpu" or "memory" or "ephemeral-storage" ? 0 : null),
            _ => null,
        };
        return amount is null ? null : Divide(amount.Value, selector.Divisor?.ToDecimal());
    }

    private static string Divide(decimal amount, decimal? divisor)
        => Math.Ceiling(amount / (divisor is null or 0 ? 1 : divisor.Value)).ToString("0", CultureInfo.InvariantCulture);

    private static (string Kind, string Name) Split(string resource)
    {
        var dot = resource.IndexOf('.', StringComparison.Ordinal);
        return dot < 0 ? ("", resource) : (resource[..dot], resource[(dot + 1)..]);
    }

    private static decimal? Quantity(IDictionary<string, ResourceQuantity>? amounts, string name)
        => amounts is not null && amounts.TryGetValue(name, out var amount) ? amount.ToDecimal() : null;

    private static decimal? Allocatable(string name, NodeResources node) => name switch
    {
        "cpu" => node.CpuMillis / 1000m,
        "memory" => node.MemoryBytes,
        "ephemeral-storage" => node.EphemeralStorageBytes,
        _ => null,
    };
}

/// <summary>What the node can give to pods.</summary>
internal sealed record NodeResources(long CpuMillis, long MemoryBytes, long EphemeralStorageBytes);
