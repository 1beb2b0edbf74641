using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// How dear a pod is when memory runs out. https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
/// </summary>
internal static class PodQos
{
    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(V1PodSpec spec)
    {
        var containers = (spec.InitContainers ?? []).Concat(spec.Containers ?? []).Select(one => one.Resources).ToList();
        if (!containers.Any(resources => Counted.Any(name => Asks(resources?.Requests, name) || Asks(resources?.Limits, name))))
        {
            return "BestEffort";
        }

        return containers.All(resources => Counted.All(name => IsFixed(resources, name))) ? "Guaranteed" : "Burstable";
    }

    private static bool IsFixed(V1ResourceRequirements? resources, string name)
        => Asks(resources?.Limits, name)
            && Amount(resources?.Requests, name) == Amount(resources?.Limits, name);

    private static bool Asks(IDictionary<string, ResourceQuantity>? amounts, string name) => Amount(amounts, name).Sign > 0;

    private static Quantity Amount(IDictionary<string, ResourceQuantity>? amounts, string name)
        => amounts is not null && amounts.TryGetValue(name, out var amount) ? Quantity.Of(amount) : Quantity.Zero;
}
