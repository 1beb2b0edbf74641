using k8s.Models;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>What the node tells about itself and its pods: lists, use of processor and memory.</summary>
internal sealed class KubeletReports(PodWorkers workers, PodWorkerContext context)
{
    /// <summary>The node's pods as a PodList.</summary>
    public byte[] Pods()
    {
        using var list = new MemoryStream();
        list.Write("""{"apiVersion":"v1","kind":"PodList","metadata":{},"items":["""u8);
        var separator = ""u8;
        foreach (var view in workers.All)
        {
            list.Write(separator);
            list.Write(ObjectJson.Encode(view.Pod));
            separator = ","u8;
        }

        list.Write("]}"u8);
        return list.ToArray();
    }

    /// <summary>The kubelet's <c>/stats/summary</c>, for what is counted here: processor and memory.</summary>
    public async Task<byte[]> SummaryAsync(CancellationToken cancellationToken)
        => StatsSummary.Write(
            context.Options.NodeName, MachineUsage.Read("/", context.Time.GetUtcNow()), await UsageAsync(cancellationToken));

    /// <summary>The kubelet's <c>/metrics/resource</c>.</summary>
    public async Task<string> ResourceMetricsAsync(CancellationToken cancellationToken)
        => ResourceMetrics.Write(MachineUsage.Read("/", context.Time.GetUtcNow()), await UsageAsync(cancellationToken));

    /// <summary>How many pods and containers there are.</summary>
    public string Metrics()
    {
        var pods = workers.All;
        var running = pods.Sum(static view => view.Containers.Count(static container => container.IsRunning));
        return $"""
            # HELP kubelet_running_pods Number of pods that have a running pod sandbox
            # TYPE kubelet_running_pods gauge
            kubelet_running_pods {pods.Count(static view => view.Sandbox is not null)}
            # HELP kubelet_running_containers Number of containers currently running
            # TYPE kubelet_running_containers gauge
            kubelet_running_containers{"{"}container_state="running"{"}"} {running}

            """;
    }

    private async Task<IReadOnlyList<PodUsage>> UsageAsync(CancellationToken cancellationToken)
    {
        var usages = (await context.Runtime.ListUsageAsync(cancellationToken)).ToDictionary(static one => one.ContainerId);
        return
        [
            .. from view in workers.All
               let containers = from container in view.Containers
                                where container.Current is not null && usages.ContainsKey(container.Current.Id)
                                select new NamedUsage(container.Name, container.Current!.Started, usages[container.Current.Id])
               select new PodUsage(view.Pod, [.. containers]),
        ];
    }
}

/// <summary>What one container of a pod uses.</summary>
internal sealed record NamedUsage(string Name, DateTimeOffset Started, ContainerUsage Usage);

/// <summary>What the running containers of a pod use; those that end meanwhile are left out.</summary>
internal sealed record PodUsage(V1Pod Pod, IReadOnlyList<NamedUsage> Containers)
{
    public long CpuNanoseconds => Containers.Sum(static one => one.Usage.CpuNanoseconds ?? 0);

    public long WorkingSetBytes => Containers.Sum(static one => one.Usage.WorkingSetBytes ?? 0);
}
