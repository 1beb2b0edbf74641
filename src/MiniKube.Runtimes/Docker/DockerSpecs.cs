using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

/// <summary>Our specifications in the engine's words. Pure.</summary>
internal static class DockerSpecs
{
    private const long CpuPeriodMicroseconds = 100_000;
    private const long SharesPerCore = 1_024;
    private const long SharesMin = 2;

    public static CreateContainerParameters Sandbox(string instance, SandboxSpec sandbox) => new()
    {
        Name = $"{instance}_{sandbox.Id}",
        Image = BundledImages.Testbox,
        Entrypoint = ["/bin/testbox"],
        Cmd = ["sleep", "infinity"],
        Hostname = sandbox.HostNetwork ? null : sandbox.Hostname,
        Labels = DockerLabels.Of(instance, sandbox),
        ExposedPorts = sandbox.HostPorts.Select(PortKey).Distinct().ToDictionary(port => port, _ => default(EmptyStruct)),
        HostConfig = new HostConfig
        {
            NetworkMode = sandbox.HostNetwork ? "host" : instance,
            IpcMode = sandbox.HostIpc ? "host" : "shareable",
            PidMode = sandbox.HostPid ? "host" : "",
            Sysctls = sandbox.Sysctls.ToDictionary(),
            PortBindings = sandbox.HostPorts
                .GroupBy(PortKey)
                .ToDictionary(group => group.Key, group => (IList<PortBinding>)[.. group.Select(Binding)]),
            // The kernel gives the memory of the sandbox back last: it holds the pod's address.
            SecurityOpt = ["no-new-privileges"],
        },
    };

    public static CreateContainerParameters Container(
        string instance, DockerSandbox sandbox, ContainerSpec container) => new()
    {
        Name = $"{instance}_{sandbox.Status.Id}_{container.Name}_{container.Attempt}",
        Image = container.Image,
        Entrypoint = container.Command?.ToList(),
        Cmd = container.Args?.ToList() ?? (container.Command is null ? null : []),
        Env = [.. container.Environment.Select(one => $"{one.Key}={one.Value}")],
        WorkingDir = container.WorkingDirectory,
        OpenStdin = container.Stdin,
        StdinOnce = container.StdinOnce,
        Tty = container.Tty,
        User = User(container.Security),
        Labels = DockerLabels.Of(instance, sandbox.Status.Id, sandbox.Status.Pod, container),
        HostConfig = HostConfig(sandbox, container),
    };

    private static HostConfig HostConfig(DockerSandbox sandbox, ContainerSpec container) => new()
    {
        NetworkMode = $"container:{sandbox.ContainerId}",
        IpcMode = $"container:{sandbox.ContainerId}",
        PidMode = sandbox.HostPid ? "host"
            : container.ProcessesOf is { } target ? $"container:{target}"
            : sandbox.ShareProcessNamespace ? $"container:{sandbox.ContainerId}" : "",
        Mounts = [.. container.Mounts.Select(Mount)],
        Privileged = container.Security.Privileged,
        ReadonlyRootfs = container.Security.ReadOnlyRootFilesystem,
        CapAdd = [.. container.Security.AddCapabilities],
        CapDrop = [.. container.Security.DropCapabilities],
        GroupAdd = [.. container.Security.SupplementalGroups.Select(group => $"{group}")],
        SecurityOpt = [.. SecurityOptions(container.Security)],
        CPUShares = Shares(container.Resources.CpuRequestMillis),
        CPUPeriod = container.Resources.CpuLimitMillis is null ? 0 : CpuPeriodMicroseconds,
        CPUQuota = (container.Resources.CpuLimitMillis ?? 0) * CpuPeriodMicroseconds / 1_000,
        Memory = container.Resources.MemoryLimitBytes ?? 0,
        MemorySwap = container.Resources.MemoryLimitBytes ?? 0,
        PidsLimit = container.Resources.PidsMax,
        // Lowering it needs a right that not every machine gives its engine; a pod without it is only less protected.
        OomScoreAdj = Math.Max(0, container.Resources.OomScoreAdj),
        LogConfig = new LogConfig
        {
            Type = "json-file",
            Config = new Dictionary<string, string> { ["max-size"] = "10m", ["max-file"] = "5" },
        },
    };

    private static Mount Mount(ContainerMount mount) => new()
    {
        Type = "bind",
        Source = mount.HostPath,
        Target = mount.ContainerPath,
        ReadOnly = mount.ReadOnly,
        BindOptions = new BindOptions
        {
            Propagation = mount.Propagation switch
            {
                "HostToContainer" => "rslave",
                "Bidirectional" => "rshared",
                _ => "rprivate",
            },
        },
    };

    private static IEnumerable<string> SecurityOptions(ContainerSecurity security)
    {
        if (security.SeccompUnconfined)
        {
            yield return "seccomp=unconfined";
        }

        if (!security.AllowPrivilegeEscalation)
        {
            yield return "no-new-privileges";
        }
    }

    private static string? User(ContainerSecurity security)
        => security.RunAsUser is null ? null
            : security.RunAsGroup is null ? $"{security.RunAsUser}"
            : $"{security.RunAsUser}:{security.RunAsGroup}";

    private static long Shares(long? requestMillis)
        => requestMillis is null ? 0 : Math.Max(SharesMin, requestMillis.Value * SharesPerCore / 1_000);

    private static string PortKey(HostPort port) => $"{port.PodPort}/{port.Protocol.ToLowerInvariant()}";

    private static PortBinding Binding(HostPort port) => new() { HostIP = port.HostIp ?? "", HostPort = $"{port.NodePort}" };
}

/// <summary>A sandbox with what containers that join it need to know.</summary>
internal sealed record DockerSandbox(string ContainerId, SandboxStatus Status, bool HostPid, bool ShareProcessNamespace);
