using System.Globalization;

namespace MiniKube.Node;

/// <summary>What the whole machine uses: processor time since it started, and memory.</summary>
internal sealed record MachineUsage(DateTimeOffset Time, DateTimeOffset Started, long CpuNanoseconds, long MemoryBytes, long AvailableBytes)
{
    // /proc/stat counts in these (USER_HZ); the kernel shows every program 100 a second. man 5 proc_stat
    private const long NanosecondsPerTick = 10_000_000;

    public long WorkingSetBytes => MemoryBytes - AvailableBytes;

    /// <param name="root">The root of the file system; <c>/</c> but in tests.</param>
    /// <param name="now">The time of the reading.</param>
    public static MachineUsage Read(string root, DateTimeOffset now)
    {
        var stat = File.ReadLines(Path.Combine(root, "proc/stat")).ToList();
        var ticks = stat[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Number).ToList();
        var boot = Number(stat.First(static line => line.StartsWith("btime ", StringComparison.Ordinal)).Split(' ')[1]);
        var memory = File.ReadLines(Path.Combine(root, "proc/meminfo"))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(static words => words.Length > 1)
            .ToDictionary(static words => words[0], static words => Number(words[1]) * 1024);

        // user, nice, system, idle, iowait, irq, softirq, steal: all but idling counts, and guests are in user already.
        var busy = ticks.Take(8).Where(static (_, index) => index is not (3 or 4)).Sum();
        return new MachineUsage(
            now, DateTimeOffset.FromUnixTimeSeconds(boot), busy * NanosecondsPerTick,
            memory["MemTotal:"], memory.GetValueOrDefault("MemAvailable:", memory["MemFree:"]));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
