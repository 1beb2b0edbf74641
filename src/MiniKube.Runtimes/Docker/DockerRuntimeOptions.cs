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

    /// <summary>Bytes of the largest packet of a pod; null leaves it to the engine.</summary>
    public int? Mtu { get; init; }

    /// <summary>
    /// The engine rewrites the source of what leaves the pods' bridge, also on its way to pods of other nodes. False when
    /// somebody does who knows which those are.
    /// </summary>
    public bool Masquerades { get; init; } = true;
}
