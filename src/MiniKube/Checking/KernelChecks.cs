namespace MiniKube;

/// <summary>What the kernel offers to containers, and its limits.</summary>
internal sealed class KernelChecks(MachineRoot machine)
{
    private const long KilobytesPerMegabyte = 1_024;

    private static readonly string[] Controllers = ["cpu", "memory", "pids"];

    public IEnumerable<MachineFinding> Run() =>
    [
        Overlay(), Namespaces(), UserNamespaces(), Cgroups(), Forwarding(), BridgeFilter(), OpenFiles(), Inotify(), Memory(), Swap(),
    ];

    private MachineFinding Overlay()
        => machine.Lines("proc/filesystems").Any(static line => line.EndsWith("\toverlay", StringComparison.Ordinal))
            ? MachineFinding.Ok("overlayfs", "in the kernel")
            : MachineFinding.Lack("overlayfs", "not in the kernel",
                "the embedded runtime cannot make root file systems; load the module with 'modprobe overlay'");

    private MachineFinding Namespaces()
    {
        string[] wanted = ["mnt", "pid", "net", "ipc", "uts", "cgroup"];
        string[] missing = [.. wanted.Where(name => !machine.Has($"proc/self/ns/{name}"))];
        return missing.Length == 0
            ? MachineFinding.Ok("namespaces", string.Join(", ", wanted))
            : MachineFinding.Lack("namespaces", $"without {string.Join(", ", missing)}",
                "the embedded runtime cannot isolate containers; run another kernel, or use a Docker engine elsewhere");
    }

    private MachineFinding UserNamespaces()
        => machine.Has("proc/self/ns/user") && machine.Number("proc/sys/user/max_user_namespaces") is not 0
            ? MachineFinding.Ok("user namespaces", "in the kernel")
            : MachineFinding.Lack("user namespaces", "off",
                "none today: the runtimes do not use them; sysctl user.max_user_namespaces switches them on");

    private MachineFinding Cgroups()
    {
        const string unified = "sys/fs/cgroup/cgroup.controllers";
        var version = machine.Has(unified) ? "v2" : "v1";
        string[] there = version == "v2"
            ? machine.Find(unified)!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : [.. Controllers.Where(name => machine.Has($"sys/fs/cgroup/{name}"))];
        string[] missing = [.. Controllers.Except(there)];
        return missing.Length == 0
            ? MachineFinding.Ok("cgroups", $"{version} with {string.Join(", ", Controllers)}")
            : MachineFinding.Lack("cgroups", $"{version} without {string.Join(", ", missing)}",
                "limits of these resources are not enforced by the embedded runtime; mount the controllers, "
                + "or take 'cgroup_disable' off the kernel's command line");
    }

    private MachineFinding Forwarding()
        => machine.Find("proc/sys/net/ipv4/ip_forward") == "1"
            ? MachineFinding.Ok("ip forwarding", "on")
            : MachineFinding.Lack("ip forwarding", "off",
                "pods reach nothing beyond this machine until minikube, as root, switches it on; "
                + "sysctl -w net.ipv4.ip_forward=1 does it now");

    private MachineFinding BridgeFilter() => machine.Find("proc/sys/net/bridge/bridge-nf-call-iptables") switch
    {
        "1" => MachineFinding.Ok("br_netfilter", "on"),
        null => MachineFinding.Lack("br_netfilter", "not loaded",
            "with nftables, a pod may not reach a Service whose pod is on the same machine; modprobe br_netfilter"),
        _ => MachineFinding.Lack("br_netfilter", "off",
            "with nftables, a pod may not reach a Service whose pod is on the same machine; "
            + "sysctl -w net.bridge.bridge-nf-call-iptables=1"),
    };

    private MachineFinding OpenFiles()
    {
        const int wanted = 16_384;
        var limits = machine.Lines("proc/self/limits")
            .FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal))?
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var hard = limits is [_, _, _, _, var text, ..] && long.TryParse(text, out var number) ? number : long.MaxValue;
        return hard >= wanted
            ? MachineFinding.Ok("open files", hard == long.MaxValue ? "no limit" : $"up to {hard}")
            : MachineFinding.Lack("open files", $"up to {hard}",
                $"many watches and connections at once are refused; raise the limit to {wanted} or more (ulimit -Hn, LimitNOFILE=)");
    }

    private MachineFinding Inotify()
    {
        const int instancesWanted = 128;
        const int watchesWanted = 8_192;
        var instances = machine.Number("proc/sys/fs/inotify/max_user_instances");
        var watches = machine.Number("proc/sys/fs/inotify/max_user_watches");
        return instances >= instancesWanted && watches >= watchesWanted
            ? MachineFinding.Ok("inotify", $"{instances} instances, {watches} watches")
            : MachineFinding.Lack("inotify", $"{instances?.ToString() ?? "no"} instances, {watches?.ToString() ?? "no"} watches",
                "programs in pods that watch files fail; sysctl -w fs.inotify.max_user_instances=512 fs.inotify.max_user_watches=524288");
    }

    private MachineFinding Memory()
    {
        const int wanted = 512;
        var fields = machine.Lines("proc/meminfo")
            .FirstOrDefault(static line => line.StartsWith("MemAvailable:", StringComparison.Ordinal))?
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var free = fields is [_, var text, ..] && long.TryParse(text, out var number)
            ? number / KilobytesPerMegabyte
            : 0;
        return free >= wanted
            ? MachineFinding.Ok("memory", $"{free} MiB available")
            : MachineFinding.Lack("memory", $"{free} MiB available",
                $"a server with a node takes about 200 MiB before the first pod; end something, or add memory ({wanted} MiB is a start)");
    }

    private MachineFinding Swap()
    {
        var devices = machine.Lines("proc/swaps").Skip(1).Count(static line => line.Length > 0);
        return devices == 0
            ? MachineFinding.Ok("swap", "none")
            : MachineFinding.Lack("swap", $"{devices} in use",
                "pods may be swapped out and get slow instead of being ended at their limit; swapoff -a, if you do not want that");
    }
}
