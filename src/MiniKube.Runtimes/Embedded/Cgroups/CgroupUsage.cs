using System.Globalization;

namespace MiniKube.Runtimes;

/// <summary>What a group's counters say; null where there is none.</summary>
internal sealed record CgroupUsage(long? CpuNanoseconds, long? MemoryBytes, long? InactiveFileBytes, long? RssBytes)
{
    public ContainerUsage ToContainer(string containerId, DateTimeOffset time) => new()
    {
        ContainerId = containerId,
        Time = time,
        CpuNanoseconds = CpuNanoseconds,
        MemoryBytes = MemoryBytes,
        WorkingSetBytes = MemoryBytes is { } all ? Math.Max(0, all - (InactiveFileBytes ?? 0)) : null,
        RssBytes = RssBytes,
    };

    /// <summary>A file that holds one number.</summary>
    public static long? Number(string path)
        => File.Exists(path) && long.TryParse(File.ReadAllText(path).Trim(), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The number after a name in a file of <c>NAME NUMBER</c> lines.</summary>
    public static long? Number(string path, string name)
    {
        var line = File.Exists(path)
            ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal))
            : null;
        return long.TryParse(line.AsSpan(Math.Min(line?.Length ?? 0, name.Length + 1)), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }
}
