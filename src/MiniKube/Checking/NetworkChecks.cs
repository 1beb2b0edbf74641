using System.Net;
using MiniKube.Networking;

namespace MiniKube;

/// <summary>What the machine's network has for pods, and what stands in their way.</summary>
internal sealed class NetworkChecks(MachineRoot machine)
{
    /// <summary>Kinds of links, as <see cref="LinkProbe"/> found them.</summary>
    public static IEnumerable<MachineFinding> Links(IReadOnlyDictionary<string, string?> probed)
    {
        yield return Link(probed, "bridge", "pods get no network from the embedded runtime; load the module with 'modprobe bridge'");
        yield return Link(probed, "veth", "pods get no network from the embedded runtime; load the module with 'modprobe veth'");
        yield return Link(probed, "vxlan",
            "pods of machines on other segments are not reached; load the module with 'modprobe vxlan', or use --network-backend host-gw "
            + "where all machines are on one segment");
    }

    /// <summary>The ranges for pods and Services against the networks this machine has routes to.</summary>
    public static MachineFinding Ranges(IReadOnlyCollection<IPNetwork> used, IPNetwork? pods, IPNetwork? services)
    {
        const string name = "addresses";
        if (pods is not null || services is not null)
        {
            var asked = new ClusterCidrs(pods ?? ClusterCidrs.Default.Pods, services ?? ClusterCidrs.Default.Services);
            return asked.FindConflict(used) is { } conflict
                ? MachineFinding.Blocking(name, "the ranges cannot be used", conflict)
                : MachineFinding.Ok(name, $"pods {asked.Pods}, Services {asked.Services}");
        }

        return ClusterCidrs.FirstFree(used) is { } free
            ? MachineFinding.Ok(name, $"pods {free.Pods}, Services {free.Services}")
            : MachineFinding.Blocking(name, "no free range in 10.42.0.0 to 10.254.0.0",
                "name free ones with --cluster-cidr and --service-cidr");
    }

    public MachineFinding Firewall()
    {
        const string cost = "other machines may not reach this one: let in 6443/tcp (servers), 10250/tcp, 8472/udp, "
            + "the node ports, and all from the ranges of pods and Services";
        if (machine.Lines("etc/ufw/ufw.conf").Any(static line => line.Trim() == "ENABLED=yes"))
        {
            return MachineFinding.Lack("firewall", "ufw is active", cost + " (ufw allow ...)");
        }

        return Runs("firewalld")
            ? MachineFinding.Lack("firewall", "firewalld is active", cost + " (firewall-cmd --permanent --add-port=...)")
            : MachineFinding.Ok("firewall", "neither ufw nor firewalld is active");
    }

    /// <summary>The policy of the chain FORWARD, from what <c>iptables -S FORWARD</c> printed; null when it is not there.</summary>
    public static MachineFinding ForwardPolicy(string? rules)
    {
        const string name = "FORWARD policy";
        return rules?.Split('\n').FirstOrDefault(static line => line.StartsWith("-P FORWARD ", StringComparison.Ordinal)) switch
        {
            null => MachineFinding.Ok(name, "no iptables"),
            "-P FORWARD ACCEPT" => MachineFinding.Ok(name, "ACCEPT"),
            var other => MachineFinding.Lack(name, other["-P FORWARD ".Length..],
                "packets of pods are dropped unless a rule lets them through (minikube adds its own for its ranges); "
                + "iptables -P FORWARD ACCEPT, if nothing else needs it"),
        };
    }

    private static MachineFinding Link(IReadOnlyDictionary<string, string?> probed, string kind, string cost)
        => probed.GetValueOrDefault(kind, "was not tried") is { } reason
            ? MachineFinding.Lack(kind, reason, cost)
            : MachineFinding.Ok(kind, "one was made and removed");

    private bool Runs(string program)
        => machine.Has("proc")
            && Directory.EnumerateDirectories(machine.PathOf("proc"))
                .Select(Path.GetFileName)
                .Any(pid => char.IsAsciiDigit(pid![0]) && machine.Find($"proc/{pid}/comm") == program);
}
