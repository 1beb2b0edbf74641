namespace MiniKube.Testing;

/// <summary>The processes of containers, seen from the machine.</summary>
public static class PodProcesses
{
    /// <summary>
    /// Process ids with their start times of the web servers of <c>samples/hello</c> in these pods: the same pair is the same
    /// process. Other instances may run web servers on this machine, too.
    /// </summary>
    public static IReadOnlyList<string> OfWeb(IReadOnlyCollection<string> podNames)
        => [.. Directory.EnumerateDirectories("/proc")
            .Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Select(path => Describe(path, podNames))
            .OfType<string>()];

    private static string? Describe(string directory, IReadOnlyCollection<string> podNames)
    {
        try
        {
            var command = File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
            var isOurs = command.Contains("web --port 8080", StringComparison.Ordinal)
                && File.ReadAllText(Path.Combine(directory, "environ")).Split('\0')
                    .Any(variable => variable.StartsWith("POD_NAME=", StringComparison.Ordinal) && podNames.Contains(variable[9..]));
            return isOurs
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
