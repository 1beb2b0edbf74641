using System.Globalization;

namespace MiniKube.Runtimes;

/// <summary>One tree with all controllers. https://docs.kernel.org/admin-guide/cgroup-v2.html</summary>
internal sealed class CgroupVersion2 : CgroupHierarchy
{
    private const string Controllers = "cgroup.controllers";
    private const string SubtreeControl = "cgroup.subtree_control";

    private static readonly string[] Wanted = ["cpu", "memory", "pids"];

    private readonly string _root;
    private readonly string _instance;
    private readonly HashSet<string> _available;

    public CgroupVersion2(string root, string instance)
    {
        _root = root;
        _instance = Path.Combine(root, $"minikube-{instance}");
        _available = [.. File.ReadAllText(Path.Combine(root, Controllers)).Split((char[]?)null).Intersect(Wanted)];
    }

    public override IReadOnlyList<string> Missing => [.. Wanted.Except(_available)];

    // That takes a program in the kernel here; nodes on the root and volumes are without effect instead, and MKNOD is not given.
    public override bool LimitsDevices => false;

    public override CgroupPlacement Create(string sandbox, string container, ContainerResources limits, bool privileged)
    {
        var group = Path.Combine(_instance, sandbox, container);
        Directory.CreateDirectory(group);
        foreach (var parent in (string[])[_root, _instance, Path.Combine(_instance, sandbox)])
        {
            Write(parent, SubtreeControl, string.Join(' ', _available.Select(static controller => $"+{controller}")));
        }

        Limit(group, limits);
        var oomCount = _available.Contains("memory") ? Path.Combine(group, "memory.events") : "";
        return new CgroupPlacement([Path.Combine(group, "cgroup.procs")], [":cgroup2:"], oomCount);
    }

    protected override IReadOnlyList<string> GroupsAt(ReadOnlySpan<string> path)
    {
        var group = Path.Combine([_instance, .. path]);
        return Directory.Exists(group) ? [group] : [];
    }

    protected override CgroupUsage? ReadUsage(string sandbox, string container)
    {
        var group = Path.Combine(_instance, sandbox, container);
        var stat = Path.Combine(group, "memory.stat");
        return !Directory.Exists(group)
            ? null
            : new CgroupUsage(
                CgroupUsage.Number(Path.Combine(group, "cpu.stat"), "usage_usec") * 1_000,
                CgroupUsage.Number(Path.Combine(group, "memory.current")),
                CgroupUsage.Number(stat, "inactive_file"),
                CgroupUsage.Number(stat, "anon"));
    }

    private void Limit(string group, ContainerResources limits)
    {
        if (_available.Contains("cpu"))
        {
            // Version 1's 2 to 262144 onto 1 to 10000, as every runtime does.
            Write(group, "cpu.weight", 1 + ((SharesOf(limits) - SharesMin) * 9999 / 262142));
            var quota = limits.CpuLimitMillis is { } millis
                ? (millis * PeriodMicroseconds / 1000).ToString(CultureInfo.InvariantCulture)
                : "max";
            Write(group, "cpu.max", $"{quota} {PeriodMicroseconds}");
        }

        if (_available.Contains("memory") && limits.MemoryLimitBytes is { } bytes)
        {
            Write(group, "memory.max", bytes);
            if (File.Exists(Path.Combine(group, "memory.swap.max")))
            {
                Write(group, "memory.swap.max", 0);
            }
        }

        if (_available.Contains("pids") && limits.PidsMax is { } pids)
        {
            Write(group, "pids.max", pids);
        }
    }
}
