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

    /// <summary>Put into the running pod to look at it; runs once and holds nothing up.</summary>
    Ephemeral,
}

/// <summary>One container a pod asks for.</summary>
internal sealed record PodContainer(V1Container Spec, ContainerRole Role)
{
    public string Name => Spec.Name;

    /// <summary>How events name the container within its pod.</summary>
    public string FieldPath => Role switch
    {
        ContainerRole.Main => $"spec.containers{{{Name}}}",
        ContainerRole.Ephemeral => $"spec.ephemeralContainers{{{Name}}}",
        _ => $"spec.initContainers{{{Name}}}",
    };

    /// <summary>The container whose processes an ephemeral one is to see; null for none.</summary>
    public string? TargetName { get; init; }

    /// <summary>
    /// All containers of a pod: init containers first, ephemeral ones last, each in the order of the specification.
    /// </summary>
    public static IEnumerable<PodContainer> Of(V1Pod pod)
    {
        var init = (pod.Spec.InitContainers ?? []).Select(container => new PodContainer(
            container, container.RestartPolicy == "Always" ? ContainerRole.Sidecar : ContainerRole.Init));
        return init
            .Concat(pod.Spec.Containers.Select(container => new PodContainer(container, ContainerRole.Main)))
            .Concat((pod.Spec.EphemeralContainers ?? []).Select(OfEphemeral));
    }

    /// <summary>True when the policy wants another instance after one that ended so.</summary>
    public bool RestartsAfter(int exitCode, string? podPolicy) => Role switch
    {
        ContainerRole.Sidecar => true,
        ContainerRole.Ephemeral => false,
        ContainerRole.Init => podPolicy != "Never" && exitCode != 0,
        _ => podPolicy switch
        {
            "Never" => false,
            "OnFailure" => exitCode != 0,
            _ => true,
        },
    };

    private static PodContainer OfEphemeral(V1EphemeralContainer container)
        => new(
            new V1Container
            {
                Args = container.Args,
                Command = container.Command,
                Env = container.Env,
                EnvFrom = container.EnvFrom,
                Image = container.Image,
                ImagePullPolicy = container.ImagePullPolicy,
                Name = container.Name,
                SecurityContext = container.SecurityContext,
                Stdin = container.Stdin,
                StdinOnce = container.StdinOnce,
                TerminationMessagePath = container.TerminationMessagePath,
                TerminationMessagePolicy = container.TerminationMessagePolicy,
                Tty = container.Tty,
                VolumeMounts = container.VolumeMounts,
                WorkingDir = container.WorkingDir,
            },
            ContainerRole.Ephemeral)
        {
            TargetName = string.IsNullOrEmpty(container.TargetContainerName) ? null : container.TargetContainerName,
        };
}
