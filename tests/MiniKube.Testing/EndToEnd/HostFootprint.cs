namespace MiniKube.Testing;

/// <summary>What an instance may leave on a machine: links, routes, rules, mounts, cgroups, processes. Named after the instance.</summary>
public static class HostFootprint
{
    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>Everything on the machine that names the instance, its data directory or its addresses; empty when all is gone.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(MiniKubeInstance instance, CancellationToken cancellationToken)
    {
        var name = MiniKube.Networking.PodNetworkOptions.InstanceNameOf(instance.DataDirectory);
        string[] marks = [name, instance.DataDirectory, Stem(instance.ClusterCidr), Stem(instance.ServiceCidr)];
        List<string> lines = [];
        lines.AddRange(Prefixed("link", await RunAsync("ip", ["-o", "link"], cancellationToken)));
        lines.AddRange(Prefixed("route", await RunAsync("ip", ["route", "show", "table", "all"], cancellationToken)));
        lines.AddRange(Prefixed("rule", await RunAsync("nft", ["list", "ruleset"], cancellationToken)));
        lines.AddRange(Prefixed("mount", await File.ReadAllLinesAsync("/proc/mounts", cancellationToken)));
        lines.AddRange(Prefixed("cgroup", Cgroups()));
        lines.AddRange(Prefixed("process", Processes()));
        return [.. lines.Where(line => marks.Any(mark => line.Contains(mark, StringComparison.Ordinal)))];
    }

    private static string Stem(string cidr) => string.Join('.', cidr.Split('.').Take(2)) + ".";

    private static IEnumerable<string> Prefixed(string kind, IEnumerable<string> lines) => lines.Select(line => $"{kind}: {line}");

    private static async Task<IEnumerable<string>> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
        => (await ProgramRun.OfAsync(program, arguments, Nothing, cancellationToken)).Output.Split('\n');

    private static IEnumerable<string> Cgroups()
        => Directory.Exists("/sys/fs/cgroup")
            ? Directory.EnumerateDirectories("/sys/fs/cgroup", "*", new EnumerationOptions
            {
                RecurseSubdirectories = true,
                IgnoreInaccessible = true,
                MaxRecursionDepth = 6,
                AttributesToSkip = FileAttributes.ReparsePoint,
            })
            : [];

    private static IEnumerable<string> Processes()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc")
            .Where(static path => char.IsAsciiDigit(Path.GetFileName(path)[0])))
        {
            var line = CommandLineOf(directory);
            if (line.Length > 0)
            {
                yield return $"{Path.GetFileName(directory)} {line}";
            }
        }
    }

    private static string CommandLineOf(string directory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return ""; // It ended while we looked.
        }
    }
}
