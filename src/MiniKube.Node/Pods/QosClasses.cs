using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// Quality of service by requests and limits, and what follows from it for the kernel's choice when memory runs out.
/// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
/// </summary>
internal static class QosClasses
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Of(V1Pod pod)
    {
        var all = PodContainer.Of(pod).Where(container => container.Role != ContainerRole.Ephemeral)
            .Select(container => container.Spec.Resources)
            .ToList();
        if (all.All(resources => !Counted.Any(name => Has(resources?.Requests, name) || Has(resources?.Limits, name))))
        {
            return BestEffort;
        }

        return all.All(IsGuaranteed) ? Guaranteed : Burstable;
    }

    /// <summary>The kubelet's oom_score_adj: the fewer rights a pod has on memory, the sooner it is chosen.</summary>
    public static int OomScoreAdj(V1Pod pod, V1Container container, long nodeMemoryBytes)
    {
        switch (Of(pod))
        {
            case Guaranteed:
                return -997;
            case BestEffort:
                return 1000;
        }

        var request = Quantities.Bytes(container.Resources?.Requests, "memory") ?? 0;
        var score = 1000 - (1000 * request / Math.Max(1, nodeMemoryBytes));
        return (int)Math.Clamp(score, 3, 999);
    }

    private static bool IsGuaranteed(V1ResourceRequirements? resources)
        => Counted.All(name => Has(resources?.Limits, name) && IsSame(resources!, name));

    /// <summary>A request that is not given is the limit.</summary>
    private static bool IsSame(V1ResourceRequirements resources, string name)
        => !Has(resources.Requests, name)
            || resources.Requests[name].ToDecimal() == resources.Limits[name].ToDecimal();

    private static bool Has(IDictionary<string, ResourceQuantity>? quantities, string name)
        => quantities is not null && quantities.TryGetValue(name, out var quantity) && quantity.ToDecimal() > 0;
}
