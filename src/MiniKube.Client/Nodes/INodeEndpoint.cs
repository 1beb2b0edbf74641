using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// What the API server asks of a node beyond objects: logs, exec, attach and ports of its pods. Implemented by the node agent when
/// it runs in the same process, and by <see cref="KubeletEndpoint"/> over HTTPS for a joined machine, with the same failures.
/// </summary>
public interface INodeEndpoint
{
    /// <summary>
    /// Writes the container's log to <paramref name="destination"/>: returns at the end of the log, or when followed,
    /// at the end of the container or on cancellation.
    /// </summary>
    /// <exception cref="ApiException">
    /// BadRequest when the container does not exist or has not started, or has no previous instance; worded as the
    /// kubelet does.
    /// </exception>
    Task CopyLogsAsync(ContainerAddress container, LogOptions options, Stream destination, CancellationToken cancellationToken);

    /// <summary>Starts a process in a running container; the caller owns the session.</summary>
    /// <exception cref="ApiException">BadRequest or NotFound: no such container, or it is not running.</exception>
    Task<IProcessSession> ExecAsync(ContainerAddress container, ExecOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Connects to the first process of a running container; the caller owns the session. Its exit code is 0 once the container
    /// ended; disposing it leaves the container running. Ending its input ends the container's only with <c>stdinOnce</c>.
    /// </summary>
    /// <exception cref="ApiException">BadRequest or NotFound: no such container, or it is not running.</exception>
    Task<IProcessSession> AttachAsync(ContainerAddress container, AttachOptions options, CancellationToken cancellationToken);

    /// <summary>Opens a TCP connection to a port inside the pod, as from localhost there; the caller owns it.</summary>
    /// <exception cref="ApiException">NotFound: no such pod. InternalError: it does not run, or nothing listens.</exception>
    Task<DuplexStream> ConnectAsync(ObjectKey pod, int port, CancellationToken cancellationToken);

    /// <summary>The text of the kubelet's <c>/metrics/resource</c>: what node and containers have used until now.</summary>
    /// <exception cref="ApiException">ServiceUnavailable: the node does not answer.</exception>
    Task<string> ReadResourceMetricsAsync(CancellationToken cancellationToken);
}

/// <summary>One container of one pod; a null container means the only one, or the default one by annotation.</summary>
public sealed record ContainerAddress(ObjectKey Pod, string? Container);

/// <summary>Which part of a log: the query parameters of <c>pods/log</c>.</summary>
public sealed record LogOptions
{
    /// <summary>Keep sending as the container writes.</summary>
    public bool Follow { get; init; }

    /// <summary>The instance before the present one.</summary>
    public bool Previous { get; init; }

    /// <summary>Only the last so many lines; null is all.</summary>
    public long? TailLines { get; init; }

    /// <summary>Only lines written at or after this time.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Put an RFC 3339 time with nanoseconds before every line.</summary>
    public bool Timestamps { get; init; }

    /// <summary>Stop after so many bytes.</summary>
    public long? LimitBytes { get; init; }
}

/// <summary>What to run, and which streams to connect.</summary>
public sealed record ExecOptions(IReadOnlyList<string> Command)
{
    /// <summary>Connect standard input.</summary>
    public bool Stdin { get; init; }

    /// <summary>Give the process a terminal; standard error then comes with standard output.</summary>
    public bool Tty { get; init; }
}

/// <summary>Which streams of a container to connect.</summary>
public sealed record AttachOptions
{
    /// <summary>Write to its standard input, if it has one.</summary>
    public bool Stdin { get; init; }

    /// <summary>Read its standard output.</summary>
    public bool Stdout { get; init; } = true;

    /// <summary>Read its standard error; without effect when the container has a terminal.</summary>
    public bool Stderr { get; init; } = true;

    /// <summary>The container has a terminal.</summary>
    public bool Tty { get; init; }
}

/// <summary>
/// A process in a container and its streams. Disposing kills the process if it still runs (an attached one is left alone). One
/// reader and one writer per stream.
/// </summary>
public interface IProcessSession : IAsyncDisposable
{
    /// <summary>
    /// Write here what the process reads; disposing it is end of file. <see cref="Stream.Null"/> when not connected.
    /// </summary>
    Stream Stdin { get; }

    /// <summary>What the process writes; ends when the process has closed it.</summary>
    Stream Stdout { get; }

    /// <summary>Standard error; <see cref="Stream.Null"/> with a terminal.</summary>
    Stream Stderr { get; }

    /// <summary>Tells the terminal its size in characters. Ignored without a terminal.</summary>
    Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken);

    /// <summary>The exit code once the process ended; 128 + n when signal n killed it.</summary>
    Task<int> WaitAsync(CancellationToken cancellationToken);
}
