using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Turns a container of a pod into what the runtime starts. Pure.</summary>
internal static class ContainerSpecs
{
    public static ContainerSpec Of(
        V1Pod pod, PodContainer container, int attempt, IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<ContainerMount> mounts, NodeResources node)
    {
        var spec = container.Spec;
        return new ContainerSpec
        {
            Name = spec.Name,
            Attempt = attempt,
            Image = spec.Image,
            Command = Expanded(spec.Command, variables),
            Args = Expanded(spec.Args, variables),
            Environment = [.. variables],
            WorkingDirectory = spec.WorkingDir is { Length: > 0 } directory ? directory : null,
            Stdin = spec.Stdin == true,
            StdinOnce = spec.StdinOnce == true,
            Tty = spec.Tty == true,
            Mounts = mounts,
            Resources = ResourcesOf(pod, spec, node),
            Security = ContainerSecurities.Of(pod, spec),
            SpecHash = SpecHash.Of(spec),
        };
    }

    private static string[]? Expanded(IList<string>? words, IReadOnlyDictionary<string, string> variables)
        => words is { Count: > 0 } ? [.. words.Select(word => VariableExpansion.Expand(word, variables))] : null;

    private static ContainerResources ResourcesOf(V1Pod pod, V1Container container, NodeResources node)
    {
        var limits = container.Resources?.Limits;
        var requests = container.Resources?.Requests;
        return new ContainerResources
        {
            CpuLimitMillis = Quantities.Millis(limits, "cpu"),
            CpuRequestMillis = Quantities.Millis(requests, "cpu") ?? Quantities.Millis(limits, "cpu"),
            MemoryLimitBytes = Quantities.Bytes(limits, "memory"),
            OomScoreAdj = QosClasses.OomScoreAdj(pod, container, node.MemoryBytes),
        };
    }
}
