using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Use of processor, in cores, and of memory.</summary>
internal readonly record struct Rate(double Cores, long MemoryBytes);

/// <summary>What a node and its containers used between two samples. Pure.</summary>
internal sealed class UsageWindow
{
    private UsageWindow(DateTimeOffset end, TimeSpan length, Rate node, Dictionary<ObjectKey, Dictionary<string, Rate>> pods)
        => (End, Length, Node, Pods) = (end, length, node, pods);

    public DateTimeOffset End { get; }

    public TimeSpan Length { get; }

    public Rate Node { get; }

    /// <summary>Containers by name, of every pod with a running one.</summary>
    public IReadOnlyDictionary<ObjectKey, Dictionary<string, Rate>> Pods { get; }

    public static UsageWindow Between(UsageSample first, UsageSample last)
    {
        var pods = new Dictionary<ObjectKey, Dictionary<string, Rate>>();
        foreach (var (key, after) in last.Containers)
        {
            if (RateOf(first.Containers.GetValueOrDefault(key), after) is { } rate)
            {
                pods.TryAdd(key.Pod, []);
                pods[key.Pod][key.Container] = rate;
            }
        }

        var node = RateOf(first.Node, last.Node) ?? new Rate(0, last.Node.MemoryBytes);
        return new UsageWindow(last.Node.Time, last.Node.Time - first.Node.Time, node, pods);
    }

    // What began meanwhile, anew or for the first time, has counted from nothing since its start.
    private static Rate? RateOf(Counted before, Counted after)
    {
        var isSame = before.Time != default && before.Started == after.Started && before.CpuSeconds <= after.CpuSeconds;
        var seconds = (after.Time - (isSame ? before.Time : after.Started)).TotalSeconds;
        return seconds <= 0 || after.Time == default
            ? null
            : new Rate((after.CpuSeconds - (isSame ? before.CpuSeconds : 0)) / seconds, after.MemoryBytes);
    }
}
