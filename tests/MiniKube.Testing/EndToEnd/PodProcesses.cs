namespace MiniKube.Testing;

/// <summary>The processes of containers, seen from the machine.</summary>
public static class PodProcesses
{
    /// <summary>Process ids with their start times of the web servers of <c>samples/hello</c>: the same pair is the same process.</summary>
    public static IReadOnlyList<string> OfWeb()
        => [.. Directory.EnumerateDirectories("/proc")
            .Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Select(Describe)
            .OfType<string>()];

    private static string? Describe(string directory)
    {
        try
        {
            var command = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
            return command.Contains("web --port 8080", StringComparison.Ordinal)
                ? $"{Path.GetFileName(directory)} since {StartTimeOf(directory)}"
                : null;
        }
        catch (IOException)
        {
            return null; // It ended while we looked.
        }
    }

    // The 22nd field of stat; the second one, the name, may hold spaces but is in parentheses.
    private static string StartTimeOf(string directory)
    {
        var stat = File.ReadAllText(Path.Combine(directory, "stat"));
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
    }
}
