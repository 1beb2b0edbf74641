using System.Text.RegularExpressions;

namespace MiniKube.Node;

/// <summary>What is mounted on this machine, from <c>/proc/self/mountinfo</c>.</summary>
internal static partial class Mounts
{
    // proc_pid_mountinfo(5): the fifth field is the mount point.
    private const int PathField = 4;

    /// <summary>True when something is mounted at exactly that path.</summary>
    public static bool Has(string path) => All().Contains(Path.GetFullPath(path));

    /// <summary>What is mounted below a path, the deepest first.</summary>
    public static IReadOnlyList<string> Below(string path)
    {
        var prefix = Path.GetFullPath(path) + "/";
        return [.. All()
            .Where(mount => mount.StartsWith(prefix, StringComparison.Ordinal))
            .OrderByDescending(mount => mount.Length)];
    }

    private static IEnumerable<string> All()
        => OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/self/mountinfo").Select(line => Unescape(line.Split(' ')[PathField]))
            : [];

    // Blanks and the like are written as three octal digits.
    private static string Unescape(string text)
        => Escaped().Replace(text, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    [GeneratedRegex(@"\\([0-7]{3})")]
    private static partial Regex Escaped();
}
