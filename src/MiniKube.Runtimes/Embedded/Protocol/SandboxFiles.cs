namespace MiniKube.Runtimes;

/// <summary>The names of files the runtime and its shims both use.</summary>
internal static class SandboxFiles
{
    /// <summary>In the sandbox's directory: where the shim listens.</summary>
    public const string Socket = "shim.sock";

    /// <summary>In the sandbox's directory: what the shim has to say when something is wrong.</summary>
    public const string ShimLog = "shim.log";

    /// <summary>In the sandbox's directory: the memory the pod's containers share at /dev/shm.</summary>
    public const string SharedMemory = "shm";

    /// <summary>In the container's directory: what it wrote, in CRI form; rotated ones end in <c>.1</c>, <c>.2</c>, ...</summary>
    public const string Log = "log";

    /// <summary>In the container's directory: how it ended.</summary>
    public const string Exit = "exit";

    public const string Root = "root";
    public const string Upper = "upper";
    public const string Work = "work";

    /// <summary>A log file is rotated when it has grown to this: 10 MiB, the kubelet's default.</summary>
    public const long LogBytesMax = 10 * 1024 * 1024;

    /// <summary>Log files kept per container, the present one included: 5, the kubelet's default.</summary>
    public const int LogFilesMax = 5;
}
