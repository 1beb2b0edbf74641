using System.Collections.Immutable;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>What the runtime has of one pod at one moment.</summary>
internal sealed record PodRuntimeState(
    PodIdentity? Pod, ImmutableArray<SandboxStatus> Sandboxes, ImmutableArray<ContainerStatus> Containers)
{
    public static PodRuntimeState Nothing { get; } = new(null, [], []);

    public bool IsSameAs(PodRuntimeState other)
        => Sandboxes.SequenceEqual(other.Sandboxes) && Containers.SequenceEqual(other.Containers);
}
