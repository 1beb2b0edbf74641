using k8s.Models;

namespace MiniKube.Node;

/// <summary>What a container's environment is made of besides its specification, read before the container starts.</summary>
internal sealed record EnvironmentSources
{
    /// <summary>The pod.</summary>
    public required V1Pod Pod { get; init; }

    /// <summary>Its addresses.</summary>
    public required NodeAddresses Addresses { get; init; }

    /// <summary>The node's size, for limits that are not set.</summary>
    public required NodeResources Node { get; init; }

    /// <summary>A ConfigMap of the pod's namespace by name, or null.</summary>
    public required Func<string, V1ConfigMap?> ConfigMap { get; init; }

    /// <summary>A Secret of the pod's namespace by name, or null.</summary>
    public required Func<string, V1Secret?> Secret { get; init; }

    /// <summary>The service account's token that a projected volume shows; none unless volumes are made.</summary>
    public Func<V1ServiceAccountTokenProjection, string> Token { get; init; }
        = static _ => throw new ContainerConfigException("a service account's token was not asked for");

    /// <summary>The service variables.</summary>
    public required IReadOnlyDictionary<string, string> Services { get; init; }
}

/// <summary>The container cannot be made as it is specified; it is tried again when what is missing appears.</summary>
internal sealed class ContainerConfigException(string message) : Exception(message);
