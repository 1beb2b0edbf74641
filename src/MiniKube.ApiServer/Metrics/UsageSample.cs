using System.Globalization;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Processor time since a start, in seconds; memory in bytes; and when both were counted.</summary>
internal readonly record struct Counted(DateTimeOffset Started, DateTimeOffset Time, double CpuSeconds, long MemoryBytes);

/// <summary>
/// What a node counted: the text of its <c>/metrics/resource</c>, read. https://kubernetes.io/docs/reference/instrumentation/node-metrics/
/// </summary>
internal sealed class UsageSample
{
    private readonly Dictionary<(ObjectKey Pod, string Container), Counted> _containers = [];

    /// <summary>The node as a whole.</summary>
    public Counted Node { get; private set; }

    /// <summary>Every running container that counts.</summary>
    public IReadOnlyDictionary<(ObjectKey Pod, string Container), Counted> Containers => _containers;

    public static UsageSample Read(string text)
    {
        var sample = new UsageSample();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.Length > 0 && line[0] != '#')
            {
                sample.Take(line);
            }
        }

        return sample;
    }

    // NAME{label="value",...} VALUE MILLISECONDS; names of pods and containers need no escaping.
    private void Take(ReadOnlySpan<char> line)
    {
        Span<Range> parts = stackalloc Range[4];
        if (line.Split(parts, ' ') != 3
            || !double.TryParse(line[parts[1]], CultureInfo.InvariantCulture, out var value)
            || !long.TryParse(line[parts[2]], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            return;
        }

        var time = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        var head = line[parts[0]];
        var brace = head.IndexOf('{');
        var name = brace < 0 ? head : head[..brace];
        switch (name)
        {
            case "node_cpu_usage_seconds_total":
                Node = Node with { CpuSeconds = value, Time = time };
                break;
            case "node_memory_working_set_bytes":
                Node = Node with { MemoryBytes = (long)value };
                break;
            case "container_cpu_usage_seconds_total":
                Change(head, one => one with { CpuSeconds = value, Time = time });
                break;
            case "container_memory_working_set_bytes":
                Change(head, one => one with { MemoryBytes = (long)value });
                break;
            case "container_start_time_seconds":
                Change(head, one => one with { Started = DateTimeOffset.UnixEpoch.AddSeconds(value) });
                break;
        }
    }

    private void Change(ReadOnlySpan<char> head, Func<Counted, Counted> change)
    {
        var key = (new ObjectKey(Label(head, "namespace=\""), Label(head, "pod=\"")), Label(head, "container=\""));
        _containers[key] = change(_containers.GetValueOrDefault(key));
    }

    private static string Label(ReadOnlySpan<char> head, string start)
    {
        var at = head.IndexOf(start, StringComparison.Ordinal);
        var rest = at < 0 ? default : head[(at + start.Length)..];
        var end = rest.IndexOf('"');
        return end < 0 ? "" : rest[..end].ToString();
    }
}
