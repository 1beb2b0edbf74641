using System.Buffers;
using System.Text.Json;

namespace MiniKube.Node;

/// <summary>The kubelet's summary, in its JSON. https://pkg.go.dev/k8s.io/kubelet/pkg/apis/stats/v1alpha1</summary>
internal static class StatsSummary
{
    public static byte[] Write(string nodeName, MachineUsage machine, IReadOnlyList<PodUsage> pods)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("node");
        json.WriteString("nodeName", nodeName);
        json.WriteString("startTime", Text(machine.Started));
        WriteCpu(json, machine.Time, machine.CpuNanoseconds);
        json.WriteStartObject("memory");
        json.WriteString("time", Text(machine.Time));
        json.WriteNumber("availableBytes", machine.AvailableBytes);
        json.WriteNumber("workingSetBytes", machine.WorkingSetBytes);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("pods");
        foreach (var pod in pods)
        {
            WritePod(json, pod, machine.Time);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WritePod(Utf8JsonWriter json, PodUsage pod, DateTimeOffset time)
    {
        json.WriteStartObject();
        json.WriteStartObject("podRef");
        json.WriteString("name", pod.Pod.Metadata.Name);
        json.WriteString("namespace", pod.Pod.Metadata.NamespaceProperty);
        json.WriteString("uid", pod.Pod.Metadata.Uid);
        json.WriteEndObject();
        json.WriteString("startTime", Text(pod.Pod.Status?.StartTime is { } started ? new DateTimeOffset(started) : time));
        json.WriteStartArray("containers");
        foreach (var (name, containerStarted, usage) in pod.Containers)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("startTime", Text(containerStarted));
            if (usage.CpuNanoseconds is { } nanoseconds)
            {
                WriteCpu(json, usage.Time, nanoseconds);
            }

            WriteMemory(json, usage.Time, usage.MemoryBytes, usage.WorkingSetBytes, usage.RssBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteCpu(json, time, pod.CpuNanoseconds);
        WriteMemory(json, time, null, pod.WorkingSetBytes, null);
        json.WriteEndObject();
    }

    private static void WriteCpu(Utf8JsonWriter json, DateTimeOffset time, long nanoseconds)
    {
        json.WriteStartObject("cpu");
        json.WriteString("time", Text(time));
        json.WriteNumber("usageCoreNanoSeconds", nanoseconds);
        json.WriteEndObject();
    }

    private static void WriteMemory(Utf8JsonWriter json, DateTimeOffset time, long? usage, long? workingSet, long? rss)
    {
        json.WriteStartObject("memory");
        json.WriteString("time", Text(time));
        foreach (var (name, value) in ((string, long?)[])[("usageBytes", usage), ("workingSetBytes", workingSet), ("rssBytes", rss)])
        {
            if (value is { } bytes)
            {
                json.WriteNumber(name, bytes);
            }
        }

        json.WriteEndObject();
    }

    private static string Text(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
