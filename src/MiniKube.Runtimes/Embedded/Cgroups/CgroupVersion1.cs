namespace MiniKube.Runtimes;

/// <summary>A tree per controller. https://docs.kernel.org/admin-guide/cgroup-v1/</summary>
internal sealed class CgroupVersion1 : CgroupHierarchy
{
    private static readonly string[] Wanted = ["cpu", "memory", "pids", "devices"];

    // Limits nothing, but counts; most distributions mount it together with cpu, some do not.
    private const string Counting = "cpuacct";

    // Docker's list: what DeviceNodes makes, terminals, and making (not using) any node.
    private static readonly string[] AllowedDevices =
    [
        "c *:* m", "b *:* m", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:1 rwm", "c 5:2 rwm",
        "c 136:* rwm",
    ];

    private readonly string _root;
    private readonly string _instance;
    private readonly Dictionary<string, string> _available = [];

    /// <param name="root">Has a directory per controller.</param>
    /// <param name="instance">The name of the instance.</param>
    /// <param name="processGroups">The text of /proc/self/cgroup, which says what is mounted together.</param>
    public CgroupVersion1(string root, string instance, string processGroups)
    {
        _root = root;
        _instance = $"minikube-{instance}";
        var together = processGroups.Split('\n').Select(static line => line.Split(':')).Where(static parts => parts.Length == 3);
        foreach (var controllers in together.Select(static parts => parts[1]))
        {
            foreach (var wanted in Wanted.Append(Counting).Intersect(controllers.Split(',')))
            {
                if (Directory.Exists(Path.Combine(root, wanted)))
                {
                    _available[wanted] = controllers;
                }
            }
        }
    }

    public override IReadOnlyList<string> Missing => [.. Wanted.Except(_available.Keys)];

    public override bool LimitsDevices => _available.ContainsKey("devices");

    public override CgroupPlacement Create(string sandbox, string container, ContainerResources limits, bool privileged)
    {
        var groups = _available.Keys.ToDictionary(
            static controller => controller,
            controller => Directory.CreateDirectory(Path.Combine(_root, controller, _instance, sandbox, container)).FullName);
        Limit(groups, limits);
        if (!privileged && groups.TryGetValue("devices", out var devices))
        {
            LimitDevices(devices);
        }

        return new CgroupPlacement(
            [.. groups.Values.Select(static group => Path.Combine(group, "cgroup.procs"))],
            [.. _available.Select(static one => $"{one.Key}:cgroup:{one.Value}")],
            groups.TryGetValue("memory", out var memory) ? Path.Combine(memory, "memory.oom_control") : "");
    }

    protected override IReadOnlyList<string> GroupsAt(ReadOnlySpan<string> path)
    {
        var below = Path.Combine([_instance, .. path]);
        return [.. _available.Keys.Select(controller => Path.Combine(_root, controller, below)).Where(Directory.Exists)];
    }

    protected override CgroupUsage? ReadUsage(string sandbox, string container)
    {
        var memory = Path.Combine(_root, "memory", _instance, sandbox, container);
        var used = CgroupUsage.Number(Path.Combine(_root, Counting, _instance, sandbox, container, "cpuacct.usage"));
        var bytes = CgroupUsage.Number(Path.Combine(memory, "memory.usage_in_bytes"));
        var stat = Path.Combine(memory, "memory.stat");
        return used is null && bytes is null
            ? null
            : new CgroupUsage(
                used, bytes, CgroupUsage.Number(stat, "total_inactive_file"), CgroupUsage.Number(stat, "total_rss"));
    }

    private static void Limit(Dictionary<string, string> groups, ContainerResources limits)
    {
        if (groups.TryGetValue("cpu", out var cpu))
        {
            Write(cpu, "cpu.shares", SharesOf(limits));
            if (limits.CpuLimitMillis is { } millis)
            {
                Write(cpu, "cpu.cfs_period_us", PeriodMicroseconds);
                Write(cpu, "cpu.cfs_quota_us", millis * PeriodMicroseconds / 1000);
            }
        }

        if (groups.TryGetValue("memory", out var memory) && limits.MemoryLimitBytes is { } bytes)
        {
            Write(memory, "memory.limit_in_bytes", bytes);
            if (File.Exists(Path.Combine(memory, "memory.memsw.limit_in_bytes")))
            {
                Write(memory, "memory.memsw.limit_in_bytes", bytes);
            }
        }

        if (groups.TryGetValue("pids", out var pids) && limits.PidsMax is { } most)
        {
            Write(pids, "pids.max", most);
        }
    }

    private static void LimitDevices(string group)
    {
        Write(group, "devices.deny", "a");
        foreach (var device in AllowedDevices)
        {
            Write(group, "devices.allow", device);
        }
    }
}
