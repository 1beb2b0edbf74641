using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Scheduler;

/// <summary>
/// What a pod asks of its node: its containers together with its sidecars, or what its init containers need one after
/// another when that is more, and the overhead of its runtime.
/// https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
/// </summary>
internal static class PodRequests
{
    // What a container that asks for nothing is taken to use when nodes are compared, as in kube-scheduler.
    private static readonly MilliCpu UsualCpu = new(100);
    private static readonly Bytes UsualMemory = new(200 << 20);

    public static ResourceAmounts Of(V1PodSpec spec) => Of(spec, static container => RequestsOf(container));

    /// <summary>As <see cref="Of(V1PodSpec)"/>, with a usual amount for containers that do not say.</summary>
    public static ResourceAmounts UsualOf(V1PodSpec spec) => Of(spec, static container =>
    {
        var asked = RequestsOf(container);
        return asked with
        {
            Cpu = asked.Cpu == MilliCpu.Zero ? UsualCpu : asked.Cpu,
            Memory = asked.Memory == Bytes.Zero ? UsualMemory : asked.Memory,
        };
    });

    private static ResourceAmounts Of(V1PodSpec spec, Func<V1Container, ResourceAmounts> requestsOf)
    {
        var sidecars = ResourceAmounts.Zero;
        var starting = ResourceAmounts.Zero;
        foreach (var container in spec.InitContainers ?? [])
        {
            var asked = requestsOf(container);
            sidecars = container.RestartPolicy == "Always" ? sidecars + asked : sidecars;
            starting = ResourceAmounts.Max(starting, container.RestartPolicy == "Always" ? sidecars : sidecars + asked);
        }

        var running = spec.Containers.Aggregate(sidecars, (sum, container) => sum + requestsOf(container));
        return ResourceAmounts.Max(starting, running) + ResourceAmounts.Of(spec.Overhead);
    }

    private static ResourceAmounts RequestsOf(V1Container container) => ResourceAmounts.Of(container.Resources?.Requests);
}
