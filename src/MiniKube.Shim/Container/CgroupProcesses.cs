using System.Globalization;

namespace MiniKube.Shim;

/// <summary>What a container's cgroups know of it.</summary>
internal static class CgroupProcesses
{
    /// <summary>Kills every process of a container that has no process namespace of its own.</summary>
    public static void KillAll(IReadOnlyList<string> procsFiles)
    {
        if (procsFiles.Count == 0)
        {
            return;
        }

        // Until nobody new appears: one that was just forked is in the list the next time.
        var killed = new HashSet<int>();
        while (ReadAll(procsFiles[0]).Count(killed.Add) > 0)
        {
            foreach (var pid in killed)
            {
                Kernel.Signal(pid, Kernel.SignalKill);
            }
        }
    }

    /// <summary>How many processes the kernel killed for the memory limit.</summary>
    public static long CountOomKills(string file)
    {
        foreach (var line in (file.Length > 0 ? Kernel.ReadFile(file) ?? "" : "").Split('\n'))
        {
            if (line.StartsWith("oom_kill ", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(9), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    private static IEnumerable<int> ReadAll(string file)
        => (Kernel.ReadFile(file) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => int.Parse(line, CultureInfo.InvariantCulture));
}
