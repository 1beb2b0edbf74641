namespace MiniKube.Runtimes;

/// <summary>Which engine, and what this instance's objects on it are called.</summary>
public sealed class DockerRuntimeOptions
{
    /// <summary>The engine's address: <c>unix:///var/run/docker.sock</c>, <c>tcp://HOST:PORT</c>.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>
    /// The name of the instance's network, of its bridge on the node, and of the label all its containers carry. At most 15
    /// characters, the kernel's limit for a link.
    /// </summary>
    public required string InstanceName { get; init; }
}
