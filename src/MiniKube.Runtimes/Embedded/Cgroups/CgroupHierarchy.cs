using System.Globalization;

namespace MiniKube.Runtimes;

/// <summary>
/// The machine's cgroups, of either version. A container's group is <c>minikube-INSTANCE/SANDBOX/CONTAINER</c>; what this machine
/// cannot limit is not limited, and <see cref="Missing"/> says so once.
/// </summary>
internal abstract class CgroupHierarchy
{
    protected const long PeriodMicroseconds = 100_000;

    /// <summary>The smallest share the kernel takes.</summary>
    protected const long SharesMin = 2;

    /// <summary>What pods may ask for and this machine does not have.</summary>
    public abstract IReadOnlyList<string> Missing { get; }

    /// <summary>True when processes can be kept from the node's devices.</summary>
    public abstract bool LimitsDevices { get; }

    public static CgroupHierarchy Detect(string root, string instance, string processGroups)
        => File.Exists(Path.Combine(root, "cgroup.controllers"))
            ? new CgroupVersion2(root, instance)
            : new CgroupVersion1(root, instance, processGroups);

    /// <summary>Makes a container's groups with their limits.</summary>
    public abstract CgroupPlacement Create(string sandbox, string container, ContainerResources limits, bool privileged);

    /// <summary>What a container uses; null when its group is gone or cannot count.</summary>
    public CgroupUsage? UsageOf(string sandbox, string container)
    {
        try
        {
            return ReadUsage(sandbox, container);
        }
        catch (IOException)
        {
            return null; // It ended while we looked.
        }
    }

    /// <summary>Processes still in a group or below: the whole instance's, a sandbox's or a container's.</summary>
    public IReadOnlySet<int> ProcessesIn(params ReadOnlySpan<string> path)
    {
        var pids = new HashSet<int>();
        foreach (var group in GroupsAt(path))
        {
            foreach (var file in Directory.EnumerateFiles(group, "cgroup.procs", SearchOption.AllDirectories))
            {
                pids.UnionWith(File.ReadLines(file).Select(static line => int.Parse(line, CultureInfo.InvariantCulture)));
            }
        }

        return pids;
    }

    /// <summary>Removes groups without processes, innermost first. False when some would not go yet.</summary>
    public bool TryRemove(params ReadOnlySpan<string> path)
    {
        var all = true;
        foreach (var group in GroupsAt(path))
        {
            all &= TryRemove(group);
        }

        return all;
    }

    /// <summary>The instance's group, or one below it, in each hierarchy; only those that exist.</summary>
    protected abstract IReadOnlyList<string> GroupsAt(ReadOnlySpan<string> path);

    /// <summary>Reads the counters of a container's groups.</summary>
    protected abstract CgroupUsage? ReadUsage(string sandbox, string container);

    protected static long SharesOf(ContainerResources limits)
        => Math.Max((limits.CpuRequestMillis ?? 0) * 1024 / 1000, SharesMin);

    protected static void Write(string directory, string file, string value)
        => File.WriteAllText(Path.Combine(directory, file), value);

    protected static void Write(string directory, string file, long value)
        => Write(directory, file, value.ToString(CultureInfo.InvariantCulture));

    private static bool TryRemove(string group)
    {
        var all = true;
        foreach (var inner in Directory.GetDirectories(group))
        {
            all &= TryRemove(inner);
        }

        try
        {
            Directory.Delete(group); // Its files are the kernel's and go with it.
            return all;
        }
        catch (DirectoryNotFoundException)
        {
            return all;
        }
        catch (IOException)
        {
            return false; // A process in it has not quite ended.
        }
    }
}
