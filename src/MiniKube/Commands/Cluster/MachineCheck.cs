using System.Net;
using System.Net.Sockets;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>One thing a machine has or lacks.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Has">True when nothing is lost.</param>
/// <param name="Finding">What was found.</param>
/// <param name="Cost">What the lack costs, and what to do; empty when there is none.</param>
internal sealed record MachineFinding(string Name, bool Has, string Finding, string Cost = "");

/// <summary>Looks at this machine with the eyes of <c>minikube server</c>; changes nothing.</summary>
internal sealed class MachineCheck(Terminal terminal, int httpsPort, string? dockerEndpoint)
{
    private static readonly string[] Controllers = ["cpu", "memory", "pids"];

    public async Task<IReadOnlyList<MachineFinding>> RunAsync(CancellationToken cancellationToken) =>
    [
        Kernel(),
        Root(),
        Overlay(),
        Namespaces(),
        Cgroups(),
        Forwarding(),
        Ranges(),
        Port(),
        Program("nft", "pods reach nothing beyond this machine, unless iptables is there", "install nftables"),
        Program("kubectl", "none: minikube has get, apply, logs and others itself", "install kubectl if you want it"),
        await EngineAsync(cancellationToken),
    ];

    private static MachineFinding Kernel()
        => OperatingSystem.IsLinux()
            ? new MachineFinding("kernel", true, Environment.OSVersion.VersionString)
            : new MachineFinding("kernel", false, Environment.OSVersion.VersionString,
                "no node on this machine; the control plane runs");

    private static MachineFinding Root()
        => Environment.IsPrivilegedProcess
            ? new MachineFinding("root", true, "yes")
            : new MachineFinding("root", false, "no",
                "no embedded runtime, no pod network: run as root, or use a Docker engine");

    private static MachineFinding Overlay()
        => File.Exists("/proc/filesystems")
            && File.ReadAllText("/proc/filesystems").Contains("\toverlay\n", StringComparison.Ordinal)
            ? new MachineFinding("overlayfs", true, "in the kernel")
            : new MachineFinding("overlayfs", false, "not in the kernel",
                "the embedded runtime cannot make root file systems: load the module 'overlay'");

    private static MachineFinding Namespaces()
    {
        string[] wanted = ["mnt", "pid", "net", "ipc", "uts", "cgroup"];
        string[] missing = [.. wanted.Where(static name => !File.Exists($"/proc/self/ns/{name}"))];
        return missing.Length == 0
            ? new MachineFinding("namespaces", true, string.Join(", ", wanted))
            : new MachineFinding("namespaces", false, $"without {string.Join(", ", missing)}",
                "the embedded runtime cannot isolate containers");
    }

    private static MachineFinding Cgroups()
    {
        const string unified = "/sys/fs/cgroup/cgroup.controllers";
        var version = File.Exists(unified) ? "v2" : "v1";
        string[] there = version == "v2"
            ? File.ReadAllText(unified).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : [.. Controllers.Where(static name => Directory.Exists($"/sys/fs/cgroup/{name}"))];
        string[] missing = [.. Controllers.Except(there)];
        return missing.Length == 0
            ? new MachineFinding("cgroups", true, $"{version} with {string.Join(", ", Controllers)}")
            : new MachineFinding("cgroups", false, $"{version} without {string.Join(", ", missing)}",
                "limits of these resources are not enforced by the embedded runtime");
    }

    private static MachineFinding Forwarding()
    {
        const string path = "/proc/sys/net/ipv4/ip_forward";
        var on = File.Exists(path) && File.ReadAllText(path).Trim() == "1";
        return on
            ? new MachineFinding("ip forwarding", true, "on")
            : new MachineFinding("ip forwarding", Environment.IsPrivilegedProcess, "off",
                "pods reach nothing beyond this machine until minikube, as root, turns it on");
    }

    private static MachineFinding Ranges()
    {
        var used = NodeRoutes.Read("");
        return ClusterCidrs.FirstFree(used) is { } free
            ? new MachineFinding("addresses", true, $"pods {free.Pods}, Services {free.Services}")
            : new MachineFinding("addresses", false, "no free range in 10.42.0.0 to 10.254.0.0",
                "name free ones with --cluster-cidr and --service-cidr");
    }

    private MachineFinding Port()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Any, httpsPort));
            return new MachineFinding($"port {httpsPort}", true, "free");
        }
        catch (SocketException taken)
        {
            return new MachineFinding($"port {httpsPort}", false, taken.Message,
                "the server cannot listen there: choose another with --https-port");
        }
    }

    private MachineFinding Program(string name, string cost, string remedy)
    {
        var found = (terminal.Variable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
        return found is null
            ? new MachineFinding(name, false, "not installed", $"{cost}; {remedy}")
            : new MachineFinding(name, true, found);
    }

    private async Task<MachineFinding> EngineAsync(CancellationToken cancellationToken)
    {
        const string name = "docker engine";
        var endpoint = dockerEndpoint ?? "unix:///var/run/docker.sock";
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            var version = await EngineProbe.VersionAsync(endpoint, patience.Token);
            return new MachineFinding(name, true, $"{version} at {endpoint}");
        }
        catch (Exception none) when (none is HttpRequestException or UriFormatException
            || (none is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new MachineFinding(name, false, $"does not answer at {endpoint}",
                "none when the embedded runtime can be used: it needs no engine");
        }
    }
}
