using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>What all pod workers of a node share.</summary>
internal sealed record PodWorkerContext
{
    public required IApiClient Client { get; init; }

    public required IContainerRuntime Runtime { get; init; }

    public required RuntimeView RuntimeView { get; init; }

    public required NodeOptions Options { get; init; }

    public required NodeResources Resources { get; init; }

    public required TimeProvider Time { get; init; }

    public required PodEvents Events { get; init; }

    public required IProber Prober { get; init; }

    public required PodVolumes Volumes { get; init; }

    public required ReferencedObjects<V1ConfigMap> ConfigMaps { get; init; }

    public required ReferencedObjects<V1Secret> Secrets { get; init; }

    public required Informer<V1Service> Services { get; init; }

    public required ILoggerFactory Loggers { get; init; }

    public NodeFacts Facts => new(Runtime.Name, Options.NodeIp);
}
