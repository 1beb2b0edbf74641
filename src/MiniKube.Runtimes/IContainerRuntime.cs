using System.Net.Sockets;
using MiniKube.Api;

namespace MiniKube.Runtimes;

/// <summary>
/// What runs containers on this machine, shaped like CRI. State lives in the runtime, not in this process: after a restart
/// <see cref="ListSandboxesAsync"/> and <see cref="ListContainersAsync"/> find what the last one started, and everything goes on.
/// All members are thread-safe and, except for starting a container, safe to repeat. Failures are <see cref="RuntimeException"/>.
/// </summary>
public interface IContainerRuntime : IAsyncDisposable
{
    /// <summary><c>docker</c>, <c>embedded</c> or <c>simulated</c>.</summary>
    string Name { get; }

    /// <summary>Version for <c>status.nodeInfo.containerRuntimeVersion</c> (<c>docker://28.2.2</c>).</summary>
    Task<string> VersionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Sets up what all sandboxes share, with the addresses of the node's pods. Once, before the first sandbox; harmless when
    /// repeated with the same CIDR.
    /// </summary>
    Task ConfigureAsync(System.Net.IPNetwork podCidr, CancellationToken cancellationToken);

    /// <summary>
    /// Makes the pod's sandbox: its network identity and shared namespaces. Starting the same id again returns what is there.
    /// </summary>
    Task<SandboxStatus> RunSandboxAsync(SandboxSpec sandbox, CancellationToken cancellationToken);

    /// <summary>Kills what still runs in the sandbox, gives its address back and forgets it with its containers and logs.</summary>
    Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken);

    /// <summary>Every sandbox of this instance, dead ones too.</summary>
    Task<IReadOnlyList<SandboxStatus>> ListSandboxesAsync(CancellationToken cancellationToken);

    /// <summary>Creates and starts a container; the image must be present. Returns its id.</summary>
    Task<string> StartContainerAsync(string sandboxId, ContainerSpec container, CancellationToken cancellationToken);

    /// <summary>
    /// SIGTERM (or the image's stop signal), then SIGKILL after the grace. Returns when the container is dead. Dead or unknown
    /// is fine.
    /// </summary>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Removes a dead container and its log.</summary>
    Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Every container of this instance, running and dead.</summary>
    Task<IReadOnlyList<ContainerStatus>> ListContainersAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Tells which sandbox has news (a container ended, the sandbox died), until cancelled. Never loses the last change of a
    /// sandbox; may repeat. The reader lists once after it started watching.
    /// </summary>
    IAsyncEnumerable<RuntimeEvent> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Starts another process in a running container.</summary>
    Task<IRuntimeProcess> ExecAsync(string containerId, ProcessSpec process, CancellationToken cancellationToken);

    /// <summary>
    /// Connects to a running container's first process, from now on. Its exit code is 0 when the container ended; disposing leaves the
    /// container running. The end of the input is the container's only if it was started with <see cref="ContainerSpec.StdinOnce"/>.
    /// </summary>
    Task<IRuntimeProcess> AttachAsync(string containerId, AttachSpec attach, CancellationToken cancellationToken);

    /// <summary>Opens a TCP connection to a port in the sandbox's network, as from localhost there; the caller owns it.</summary>
    Task<Socket> ConnectAsync(string sandboxId, int port, CancellationToken cancellationToken);

    /// <summary>What every running container of this instance uses now; one that ends meanwhile is left out.</summary>
    Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken);

    /// <summary>Writes the container's log; dead containers keep theirs until removed. See <see cref="LogQuery"/>.</summary>
    Task CopyLogsAsync(string containerId, LogQuery query, Stream destination, CancellationToken cancellationToken);

    /// <summary>The image, or null when it is not on this machine.</summary>
    Task<ImageStatus?> FindImageAsync(string image, CancellationToken cancellationToken);

    /// <summary>All images.</summary>
    Task<IReadOnlyList<ImageStatus>> ListImagesAsync(CancellationToken cancellationToken);

    /// <summary>Fetches an image from its registry.</summary>
    Task<ImageStatus> PullImageAsync(string image, CancellationToken cancellationToken);

    /// <summary>Loads a docker or OCI archive (tar, also gzip or zstd). Returns the names it brought.</summary>
    Task<IReadOnlyList<string>> LoadImageAsync(Stream archive, CancellationToken cancellationToken);

    /// <summary>Removes an image's name, and its layers when no other image uses them.</summary>
    Task RemoveImageAsync(string image, CancellationToken cancellationToken);

    /// <summary>
    /// Ends everything of this instance on the machine: sandboxes, containers, network, mounts, cgroups. Images stay. Also
    /// cleans up after a crashed instance.
    /// </summary>
    Task TearDownAsync(CancellationToken cancellationToken);
}

/// <summary>What the node agent decides on.</summary>
public enum RuntimeError
{
    /// <summary>No such image on the machine or at its registry.</summary>
    ImageNotFound,

    /// <summary>The image's name is malformed.</summary>
    InvalidImageName,

    /// <summary>The registry could not be reached or refused.</summary>
    PullFailed,

    /// <summary>The archive is damaged or of an unknown form.</summary>
    InvalidArchive,

    /// <summary>No such sandbox, container, or it is not running.</summary>
    NotFound,

    /// <summary>The command could not be executed (not there, not executable).</summary>
    CannotRun,

    /// <summary>The specification asks for something this runtime or machine cannot do.</summary>
    NotSupported,

    /// <summary>The engine does not answer.</summary>
    Unavailable,

    /// <summary>The kernel or engine refused.</summary>
    Failed,
}

/// <summary>A failure of the runtime, worded for the pod's status and event.</summary>
public sealed class RuntimeException(RuntimeError error, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What to decide on.</summary>
    public RuntimeError Error { get; } = error;
}

/// <summary>The pod a sandbox or container belongs to; kept by the runtime as labels.</summary>
public sealed record PodIdentity(ObjectKey Key, string Uid);

/// <summary>A pod's sandbox.</summary>
public sealed record SandboxSpec
{
    /// <summary>Chosen by the caller, unique per sandbox: <c>UID-attempt</c>. At most 63 characters of [a-z0-9-].</summary>
    public required string Id { get; init; }

    /// <summary>Whose sandbox it is.</summary>
    public required PodIdentity Pod { get; init; }

    /// <summary>The host name inside.</summary>
    public required string Hostname { get; init; }

    /// <summary>Use the node's network instead of one's own; there is no pod address then.</summary>
    public bool HostNetwork { get; init; }

    /// <summary>See the node's processes.</summary>
    public bool HostPid { get; init; }

    /// <summary>Use the node's IPC namespace.</summary>
    public bool HostIpc { get; init; }

    /// <summary>Containers see each other's processes.</summary>
    public bool ShareProcessNamespace { get; init; }

    /// <summary>Ports of the node that lead to the pod (<c>hostPort</c>).</summary>
    public IReadOnlyList<HostPort> HostPorts { get; init; } = [];

    /// <summary>Kernel parameters of the sandbox's namespaces.</summary>
    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    /// <summary>The pod's annotations. Only the simulated runtime reads some of them.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

/// <summary>A node port that leads to a pod port. Protocol is <c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</summary>
public sealed record HostPort(string Protocol, string? HostIp, int NodePort, int PodPort);

/// <summary>A sandbox as it is.</summary>
public sealed record SandboxStatus
{
    /// <summary>The id of its specification.</summary>
    public required string Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required PodIdentity Pod { get; init; }

    /// <summary>The pod's address; null with the node's network.</summary>
    public System.Net.IPAddress? Ip { get; init; }

    /// <summary>False once it died (its monitor was killed, the machine restarted): it can only be removed.</summary>
    public required bool Ready { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }
}

/// <summary>A container to start. Image and command are resolved: what is null comes from the image.</summary>
public sealed record ContainerSpec
{
    /// <summary>The container's name within the pod.</summary>
    public required string Name { get; init; }

    /// <summary>How often a container of this name was started before in this pod: 0, 1, ...</summary>
    public required int Attempt { get; init; }

    /// <summary>The image's name as the user wrote it.</summary>
    public required string Image { get; init; }

    /// <summary>Replaces the image's entrypoint; null keeps it.</summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>Replaces the image's arguments; null keeps them unless <see cref="Command"/> is set.</summary>
    public IReadOnlyList<string>? Args { get; init; }

    /// <summary>Added to the image's environment, later ones win.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Null is the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Keep standard input open.</summary>
    public bool Stdin { get; init; }

    /// <summary>Close standard input for good when the first who attached to it leaves.</summary>
    public bool StdinOnce { get; init; }

    /// <summary>Give it a terminal.</summary>
    public bool Tty { get; init; }

    /// <summary>What to mount from the node.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>Limits and shares.</summary>
    public ContainerResources Resources { get; init; } = new();

    /// <summary>The id of a running container of the same sandbox whose processes it shares; null has its own, or the sandbox's.</summary>
    public string? ProcessesOf { get; init; }

    /// <summary>Rights.</summary>
    public ContainerSecurity Security { get; init; } = new();

    /// <summary>A hash of what the pod asked for, kept as a label, so that a changed container is noticed.</summary>
    public string SpecHash { get; init; } = "";
}

/// <summary>A directory or file of the node inside the container.</summary>
public sealed record ContainerMount(string HostPath, string ContainerPath, bool ReadOnly)
{
    /// <summary><c>None</c>, <c>HostToContainer</c> or <c>Bidirectional</c>.</summary>
    public string Propagation { get; init; } = "None";
}

/// <summary>Null is unlimited. Units are in the names.</summary>
public sealed record ContainerResources
{
    /// <summary>CPU time per second, in thousandths of a core.</summary>
    public long? CpuLimitMillis { get; init; }

    /// <summary>Weight against others, in thousandths of a core.</summary>
    public long? CpuRequestMillis { get; init; }

    /// <summary>Most memory; the kernel kills what goes over it (OOMKilled).</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary>Most processes and threads.</summary>
    public long? PidsMax { get; init; }

    /// <summary>-1000 to 1000; applied where permitted.</summary>
    public int OomScoreAdj { get; init; }
}

/// <summary>The rights of a container: pod and container security context, merged.</summary>
public sealed record ContainerSecurity
{
    /// <summary>Null is the image's user.</summary>
    public long? RunAsUser { get; init; }

    /// <summary>Null is the image's group.</summary>
    public long? RunAsGroup { get; init; }

    /// <summary>More groups of the process.</summary>
    public IReadOnlyList<long> SupplementalGroups { get; init; } = [];

    /// <summary>All rights and devices of the node.</summary>
    public bool Privileged { get; init; }

    /// <summary>The root file system cannot be written.</summary>
    public bool ReadOnlyRootFilesystem { get; init; }

    /// <summary>False sets no_new_privs.</summary>
    public bool AllowPrivilegeEscalation { get; init; } = true;

    /// <summary>Capabilities beyond the default set, without <c>CAP_</c>; <c>ALL</c> is all.</summary>
    public IReadOnlyList<string> AddCapabilities { get; init; } = [];

    /// <summary>Capabilities taken away, without <c>CAP_</c>; <c>ALL</c> is all.</summary>
    public IReadOnlyList<string> DropCapabilities { get; init; } = [];

    /// <summary>No seccomp filter (<c>seccompProfile: Unconfined</c>, also Kubernetes' default); false asks for RuntimeDefault.</summary>
    public bool SeccompUnconfined { get; init; } = true;
}

/// <summary>What a container is doing.</summary>
public enum ContainerPhase
{
    /// <summary>Its process is there.</summary>
    Running,

    /// <summary>Its process is gone.</summary>
    Exited,
}

/// <summary>A container as it is.</summary>
public sealed record ContainerStatus
{
    /// <summary>Unique on this machine.</summary>
    public required string Id { get; init; }

    /// <summary>The sandbox it belongs to.</summary>
    public required string SandboxId { get; init; }

    /// <summary>Whose it is.</summary>
    public required PodIdentity Pod { get; init; }

    /// <summary>As in the specification.</summary>
    public required string Name { get; init; }

    /// <summary>As in the specification.</summary>
    public required int Attempt { get; init; }

    /// <summary>As in the specification.</summary>
    public required string Image { get; init; }

    /// <summary>The image's id or digest.</summary>
    public required string ImageId { get; init; }

    /// <summary>As in the specification.</summary>
    public required string SpecHash { get; init; }

    /// <summary>Running or not.</summary>
    public required ContainerPhase Phase { get; init; }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When it ended; null while it runs.</summary>
    public DateTimeOffset? Finished { get; init; }

    /// <summary>Its exit code, 128 + n for signal n; null while it runs.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The kernel killed it for its memory limit.</summary>
    public bool OomKilled { get; init; }

    /// <summary>Why it could not run; empty otherwise.</summary>
    public string Message { get; init; } = "";
}

/// <summary>Something changed in a sandbox.</summary>
public readonly record struct RuntimeEvent(string SandboxId, PodIdentity Pod);

/// <summary>Which part of a log.</summary>
public sealed record LogQuery
{
    /// <summary>Go on until the container ended and its log is read, or cancelled.</summary>
    public bool Follow { get; init; }

    /// <summary>Only the last so many lines; null is all.</summary>
    public long? TailLines { get; init; }

    /// <summary>Only what was written at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>An RFC 3339 time with nanoseconds before each line.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Stop after so many bytes of output.</summary>
    public long? LimitBytes { get; init; }
}

/// <summary>An image on this machine.</summary>
public sealed record ImageStatus
{
    /// <summary>The digest of its configuration (<c>sha256:...</c>).</summary>
    public required string Id { get; init; }

    /// <summary>Its names with tags.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Its size on disk.</summary>
    public required long Bytes { get; init; }

    /// <summary>The user it runs as: empty, name, or number, with an optional group after a colon.</summary>
    public string User { get; init; } = "";
}
