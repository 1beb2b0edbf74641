namespace MiniKube.Runtimes;

/// <summary>
/// What a frame on a shim's socket is. A frame is its length (4 bytes, little-endian, without themselves), a kind and a payload.
/// A client sends one request at a time and reads its answer; after <see cref="Exec"/>, <see cref="Attach"/> and <see cref="Watch"/>
/// the connection belongs to that process or watch until it is closed.
/// </summary>
internal enum FrameKind : byte
{
    /// <summary>Request: <see cref="ContainerStart"/>. Answer: Done (<see cref="ContainerState"/>) or Failed.</summary>
    Start = 1,

    /// <summary>
    /// Request: container, signal number. Its first process gets it; with SIGKILL all of them end. Answer: Done; a dead container
    /// is fine.
    /// </summary>
    Signal,

    /// <summary>Request. Answer: Done with a count and that many <see cref="ContainerState"/>.</summary>
    List,

    /// <summary>Request: container. Forgets a dead one. Answer: Done.</summary>
    Forget,

    /// <summary>Request. Answer: Done, and then a Changed for every container that ends.</summary>
    Watch,

    /// <summary>
    /// Request: container, <see cref="LogState"/> known. Answer: Done with the <see cref="LogState"/> once it is another.
    /// </summary>
    WaitLog,

    /// <summary>Request: <see cref="ExecStart"/>. Answer: Done or Failed; then Stdin, Resize, Stdout, Stderr, Exited.</summary>
    Exec,

    /// <summary>Request. Kills everything and ends. Answer: the end of the connection.</summary>
    Shutdown,

    /// <summary>The request was carried out.</summary>
    Done,

    /// <summary>It was not: <see cref="FailureKind"/>, text.</summary>
    Failed,

    /// <summary>A <see cref="ContainerState"/>.</summary>
    Changed,

    /// <summary>Bytes for standard input; none is its end.</summary>
    Stdin,

    /// <summary>Columns and rows of the terminal.</summary>
    Resize,

    /// <summary>Bytes from standard output or the terminal; none is its end.</summary>
    Stdout,

    /// <summary>Bytes from standard error; none is its end.</summary>
    Stderr,

    /// <summary>The exit code of the process; 0 for one that was attached to.</summary>
    Exited,

    /// <summary>
    /// Request: <see cref="AttachStart"/>. Answer: Done with whether the container has a terminal, or Failed; then as for Exec.
    /// </summary>
    Attach,
}
