using k8s.Models;

namespace MiniKube.Api;

/// <summary>
/// What a pod asks for or may use in all, by resource: its containers together with its sidecars, or what its init containers need one
/// after another when that is more, and the overhead of its runtime. Pure.
/// https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
/// </summary>
public static class PodAmounts
{
    /// <summary>The sum of requests; resources nobody asks for are not in it.</summary>
    public static IReadOnlyDictionary<string, Quantity> Requests(V1PodSpec spec)
        => Of(spec, static resources => resources?.Requests, spec.Overhead);

    /// <summary>The sum of limits; overhead counts only where there is one.</summary>
    public static IReadOnlyDictionary<string, Quantity> Limits(V1PodSpec spec)
    {
        var limits = Of(spec, static resources => resources?.Limits, overhead: null);
        foreach (var (name, amount) in spec.Overhead ?? new Dictionary<string, ResourceQuantity>())
        {
            if (limits.TryGetValue(name, out var limit))
            {
                limits[name] = limit + Quantity.Of(amount);
            }
        }

        return limits;
    }

    private static Dictionary<string, Quantity> Of(
        V1PodSpec spec,
        Func<V1ResourceRequirements?, IDictionary<string, ResourceQuantity>?> amountsOf,
        IDictionary<string, ResourceQuantity>? overhead)
    {
        var sidecars = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        var most = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in spec.InitContainers ?? [])
        {
            var together = new Dictionary<string, Quantity>(sidecars, StringComparer.Ordinal);
            Add(together, amountsOf(container.Resources));
            sidecars = container.RestartPolicy == "Always" ? together : sidecars;
            Raise(most, together);
        }

        foreach (var container in spec.Containers ?? [])
        {
            Add(sidecars, amountsOf(container.Resources));
        }

        Raise(most, sidecars);
        Add(most, overhead);
        return most;
    }

    private static void Add(Dictionary<string, Quantity> sum, IDictionary<string, ResourceQuantity>? amounts)
    {
        foreach (var (name, amount) in amounts ?? new Dictionary<string, ResourceQuantity>())
        {
            sum[name] = sum.TryGetValue(name, out var present) ? present + Quantity.Of(amount) : Quantity.Of(amount);
        }
    }

    private static void Raise(Dictionary<string, Quantity> most, Dictionary<string, Quantity> other)
    {
        foreach (var (name, amount) in other)
        {
            most[name] = most.TryGetValue(name, out var present) && present.CompareTo(amount) >= 0 ? present : amount;
        }
    }
}
