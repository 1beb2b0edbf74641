using System.Globalization;
using System.Text;

namespace MiniKube.Node;

/// <summary>
/// The kubelet's resource metrics, in Prometheus' text. https://kubernetes.io/docs/reference/instrumentation/node-metrics/
/// </summary>
internal static class ResourceMetrics
{
    public static string Write(MachineUsage machine, IReadOnlyList<PodUsage> pods)
    {
        var text = new StringBuilder();
        Head(text, "container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the container in core-seconds");
        Each(text, pods, static (to, pod, one) => Line(
            to, "container_cpu_usage_seconds_total", Labels(pod, one.Name), one.Usage.CpuNanoseconds / 1e9, one.Usage.Time));
        Head(text, "container_memory_working_set_bytes", "gauge", "Current working set of the container in bytes");
        Each(text, pods, static (to, pod, one) => Line(
            to, "container_memory_working_set_bytes", Labels(pod, one.Name), one.Usage.WorkingSetBytes, one.Usage.Time));
        Head(text, "container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds");
        Each(text, pods, static (to, pod, one) => Line(
            to, "container_start_time_seconds", Labels(pod, one.Name), one.Started.ToUnixTimeMilliseconds() / 1000d, one.Usage.Time));
        Head(text, "node_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the node in core-seconds");
        Line(text, "node_cpu_usage_seconds_total", "", Seconds(machine.CpuNanoseconds), machine.Time);
        Head(text, "node_memory_working_set_bytes", "gauge", "Current working set of the node in bytes");
        Line(text, "node_memory_working_set_bytes", "", machine.WorkingSetBytes, machine.Time);
        Head(text, "pod_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed by the pod in core-seconds");
        foreach (var pod in pods)
        {
            Line(text, "pod_cpu_usage_seconds_total", Labels(pod, null), Seconds(pod.CpuNanoseconds), machine.Time);
        }

        Head(text, "pod_memory_working_set_bytes", "gauge", "Current working set of the pod in bytes");
        foreach (var pod in pods)
        {
            Line(text, "pod_memory_working_set_bytes", Labels(pod, null), pod.WorkingSetBytes, machine.Time);
        }

        Head(text, "resource_scrape_error", "gauge", "1 if there was an error while getting container metrics, 0 otherwise");
        return text.Append("resource_scrape_error 0\n").ToString();
    }

    private static void Each(StringBuilder text, IReadOnlyList<PodUsage> pods, Action<StringBuilder, PodUsage, NamedUsage> write)
    {
        foreach (var pod in pods)
        {
            foreach (var container in pod.Containers)
            {
                write(text, pod, container);
            }
        }
    }

    private static void Head(StringBuilder text, string name, string type, string help)
        => text.Append("# HELP ").Append(name).Append(' ').Append(help).Append('\n')
            .Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    // What this machine does not count has no line: a zero would be taken for a fact.
    private static void Line(StringBuilder text, string name, string labels, double? value, DateTimeOffset time)
    {
        if (value is { } known)
        {
            text.Append(name).Append(labels).Append(' ').Append(known.ToString("R", CultureInfo.InvariantCulture))
                .Append(' ').Append(time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    // Names of pods, namespaces and containers need no escaping.
    private static string Labels(PodUsage pod, string? container)
    {
        var own = $"namespace=\"{pod.Pod.Metadata.NamespaceProperty}\",pod=\"{pod.Pod.Metadata.Name}\"";
        return container is null ? $"{{{own}}}" : $"{{container=\"{container}\",{own}}}";
    }

    private static double Seconds(long nanoseconds) => nanoseconds / 1e9;
}
