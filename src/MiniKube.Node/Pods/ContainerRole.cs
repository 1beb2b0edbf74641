using k8s.Models;

namespace MiniKube.Node;

/// <summary>What a container is for in its pod.</summary>
internal enum ContainerRole
{
    /// <summary>Runs to its end before the next one starts.</summary>
    Init,

    /// <summary>An init container with <c>restartPolicy: Always</c>: the next one starts when it is up, and it stays.</summary>
    Sidecar,

    /// <summary>One of <c>spec.containers</c>.</summary>
    Main,
}

/// <summary>One container a pod asks for.</summary>
internal sealed record PodContainer(V1Container Spec, ContainerRole Role)
{
    public string Name => Spec.Name;

    /// <summary>How events name the container within its pod.</summary>
    public string FieldPath => Role == ContainerRole.Main ? $"spec.containers{{{Name}}}" : $"spec.initContainers{{{Name}}}";

    /// <summary>All containers of a pod: init containers first, each in the order of the specification.</summary>
    public static IEnumerable<PodContainer> Of(V1Pod pod)
    {
        var init = (pod.Spec.InitContainers ?? []).Select(container => new PodContainer(
            container, container.RestartPolicy == "Always" ? ContainerRole.Sidecar : ContainerRole.Init));
        return init.Concat(pod.Spec.Containers.Select(container => new PodContainer(container, ContainerRole.Main)));
    }

    /// <summary>True when the policy wants another instance after one that ended so.</summary>
    public bool RestartsAfter(int exitCode, string? podPolicy) => Role switch
    {
        ContainerRole.Sidecar => true,
        ContainerRole.Init => podPolicy != "Never" && exitCode != 0,
        _ => podPolicy switch
        {
            "Never" => false,
            "OnFailure" => exitCode != 0,
            _ => true,
        },
    };
}
