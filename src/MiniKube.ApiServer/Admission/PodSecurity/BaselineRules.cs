using System.Globalization;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What keeps a pod from taking over its node.</summary>
internal static class BaselineRules
{
    private const string AppArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

    private static readonly HashSet<string> UsualCapabilities = new(StringComparer.Ordinal)
    {
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP",
        "SETUID", "SYS_CHROOT",
    };

    private static readonly HashSet<string> SafeSysctls = new(StringComparer.Ordinal)
    {
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
    };

    public static PodSecurityViolation? AppArmor(PodUnderTest pod)
    {
        const string Bad = "Unconfined";
        var isPod = pod.Security?.AppArmorProfile?.Type == Bad;
        var names = pod.Where(static one => one.SecurityContext?.AppArmorProfile?.Type == Bad);
        var annotations = pod.Annotations
            .Where(static one => one.Key.StartsWith(AppArmorAnnotation, StringComparison.Ordinal)
                && one.Value is not ("" or "runtime/default")
                && !one.Value.StartsWith("localhost/", StringComparison.Ordinal))
            .Select(static one => $"{one.Key}=\"{one.Value}\"")
            .Order(StringComparer.Ordinal)
            .ToList();
        var setters = isPod || names.Count > 0
            ? new[] { $"{PodUnderTest.Setters(isPod, names)} must not set AppArmor profile type to \"{Bad}\"" }
            : [];
        return setters.Length + annotations.Count == 0
            ? null
            : new PodSecurityViolation(
                PodUnderTest.Plural(setters.Length + annotations.Count, "forbidden AppArmor profile"),
                string.Join(", ", [.. setters, .. annotations]));
    }

    public static PodSecurityViolation? Capabilities(PodUnderTest pod)
    {
        var bad = new SortedSet<string>(StringComparer.Ordinal);
        var names = pod.Where(one => AddAll(bad, (one.SecurityContext?.Capabilities?.Add ?? []).Except(UsualCapabilities)));
        return names.Count == 0
            ? null
            : new PodSecurityViolation(
                "non-default capabilities",
                $"{PodUnderTest.Containing(names)} must not include {PodUnderTest.Quote(bad)} in securityContext.capabilities.add");
    }

    public static PodSecurityViolation? HostNamespaces(PodUnderTest pod)
    {
        var shared = new[]
        {
            pod.Spec.HostNetwork == true ? "hostNetwork=true" : null,
            pod.Spec.HostPID == true ? "hostPID=true" : null,
            pod.Spec.HostIPC == true ? "hostIPC=true" : null,
        }.OfType<string>().ToList();
        return shared.Count == 0 ? null : new PodSecurityViolation("host namespaces", string.Join(", ", shared));
    }

    public static PodSecurityViolation? HostPaths(PodUnderTest pod)
    {
        var names = (pod.Spec.Volumes ?? []).Where(static one => one.HostPath is not null).Select(static one => one.Name).ToList();
        return names.Count == 0
            ? null
            : new PodSecurityViolation("hostPath volumes", $"{PodUnderTest.Plural(names.Count, "volume")} {PodUnderTest.Quote(names)}");
    }

    public static PodSecurityViolation? HostPorts(PodUnderTest pod)
    {
        var ports = new SortedSet<string>(StringComparer.Ordinal);
        var names = pod.Where(one => AddAll(ports, (one.Ports ?? [])
            .Where(static port => port.HostPort is > 0)
            .Select(static port => port.HostPort!.Value.ToString(CultureInfo.InvariantCulture))));
        return names.Count == 0
            ? null
            : new PodSecurityViolation(
                "hostPort",
                $"{PodUnderTest.Containing(names)} {Uses(names)} {PodUnderTest.Plural(ports.Count, "hostPort")} "
                + string.Join(", ", ports));
    }

    public static PodSecurityViolation? ProbeHosts(PodUnderTest pod)
    {
        var hosts = new SortedSet<string>(StringComparer.Ordinal);
        var names = pod.Where(one => AddAll(hosts, HostsOf(one).OfType<string>().Where(static host => host.Length > 0)));
        var what = hosts.Count == 1 ? "probe or lifecycle host" : "probe or lifecycle hosts";
        return names.Count == 0
            ? null
            : new PodSecurityViolation(
                "probe or lifecycle host", $"{PodUnderTest.Containing(names)} {Uses(names)} {what} {PodUnderTest.Quote(hosts)}");
    }

    public static PodSecurityViolation? Privileged(PodUnderTest pod)
    {
        var names = pod.Where(static one => one.SecurityContext?.Privileged == true);
        return names.Count == 0
            ? null
            : new PodSecurityViolation("privileged", $"{PodUnderTest.Containing(names)} must not set securityContext.privileged=true");
    }

    public static PodSecurityViolation? ProcMount(PodUnderTest pod)
    {
        var kinds = new SortedSet<string>(StringComparer.Ordinal);
        var names = pod.Where(one =>
            one.SecurityContext?.ProcMount is { } mount && mount is not ("" or "Default") && AddAll(kinds, [mount]));
        return names.Count == 0
            ? null
            : new PodSecurityViolation(
                "procMount", $"{PodUnderTest.Containing(names)} must not set securityContext.procMount to {PodUnderTest.Quote(kinds)}");
    }

    public static PodSecurityViolation? SeLinux(PodUnderTest pod)
    {
        var isPod = IsBad(pod.Security?.SeLinuxOptions);
        var names = pod.Where(static one => IsBad(one.SecurityContext?.SeLinuxOptions));
        if (!isPod && names.Count == 0)
        {
            return null;
        }

        var all = pod.Containers.Select(static one => one.SecurityContext?.SeLinuxOptions).Append(pod.Security?.SeLinuxOptions)
            .OfType<V1SELinuxOptions>().ToList();
        var types = all.Select(static one => one.Type).OfType<string>()
            .Where(static type => !IsUsualType(type))
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        var problems = new[]
        {
            types.Count > 0 ? $"{PodUnderTest.Plural(types.Count, "type")} {PodUnderTest.Quote(types)}" : null,
            all.Any(static one => !string.IsNullOrEmpty(one.User)) ? "user may not be set" : null,
            all.Any(static one => !string.IsNullOrEmpty(one.Role)) ? "role may not be set" : null,
        }.OfType<string>();
        return new PodSecurityViolation(
            "seLinuxOptions",
            $"{PodUnderTest.Setters(isPod, names)} set forbidden securityContext.seLinuxOptions: {string.Join("; ", problems)}");
    }

    public static PodSecurityViolation? Seccomp(PodUnderTest pod)
    {
        const string Bad = "Unconfined";
        var isPod = pod.Security?.SeccompProfile?.Type == Bad;
        var names = pod.Where(static one => one.SecurityContext?.SeccompProfile?.Type == Bad);
        return !isPod && names.Count == 0
            ? null
            : new PodSecurityViolation(
                "seccompProfile", $"{PodUnderTest.Setters(isPod, names)} must not set securityContext.seccompProfile.type to \"{Bad}\"");
    }

    public static PodSecurityViolation? Sysctls(PodUnderTest pod)
    {
        var bad = (pod.Security?.Sysctls ?? []).Select(static one => one.Name).Where(static name => !SafeSysctls.Contains(name)).ToList();
        return bad.Count == 0 ? null : new PodSecurityViolation("forbidden sysctls", string.Join(", ", bad));
    }

    public static PodSecurityViolation? WindowsHostProcess(PodUnderTest pod)
    {
        var isPod = pod.Security?.WindowsOptions?.HostProcess == true;
        var names = pod.Where(static one => one.SecurityContext?.WindowsOptions?.HostProcess == true);
        return !isPod && names.Count == 0
            ? null
            : new PodSecurityViolation(
                "hostProcess", $"{PodUnderTest.Setters(isPod, names)} must not set securityContext.windowsOptions.hostProcess=true");
    }

    private static bool IsBad(V1SELinuxOptions? options)
        => options is not null
            && (!IsUsualType(options.Type ?? "") || !string.IsNullOrEmpty(options.User) || !string.IsNullOrEmpty(options.Role));

    private static bool IsUsualType(string type)
        => type is "" or "container_t" or "container_init_t" or "container_kvm_t" or "container_engine_t";

    private static IEnumerable<string?> HostsOf(V1Container container) =>
    [
        container.LivenessProbe?.HttpGet?.Host, container.LivenessProbe?.TcpSocket?.Host,
        container.ReadinessProbe?.HttpGet?.Host, container.ReadinessProbe?.TcpSocket?.Host,
        container.StartupProbe?.HttpGet?.Host, container.StartupProbe?.TcpSocket?.Host,
        container.Lifecycle?.PostStart?.HttpGet?.Host, container.Lifecycle?.PostStart?.TcpSocket?.Host,
        container.Lifecycle?.PreStop?.HttpGet?.Host, container.Lifecycle?.PreStop?.TcpSocket?.Host,
    ];

    private static string Uses(List<string> names) => names.Count == 1 ? "uses" : "use";

    private static bool AddAll(SortedSet<string> to, IEnumerable<string> what)
    {
        var any = false;
        foreach (var one in what)
        {
            to.Add(one);
            any = true;
        }

        return any;
    }
}
