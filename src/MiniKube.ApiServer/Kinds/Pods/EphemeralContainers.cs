using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>Containers that are put into a running pod to look at it: everything of a container but a few fields.</summary>
internal static class EphemeralContainers
{
    /// <summary>The same container as any other, sharing its parts; what an ephemeral one may not have is there, too.</summary>
    public static V1Container AsContainer(V1EphemeralContainer container) => new()
    {
        Args = container.Args,
        Command = container.Command,
        Env = container.Env,
        EnvFrom = container.EnvFrom,
        Image = container.Image,
        ImagePullPolicy = container.ImagePullPolicy,
        Lifecycle = container.Lifecycle,
        LivenessProbe = container.LivenessProbe,
        Name = container.Name,
        Ports = container.Ports,
        ReadinessProbe = container.ReadinessProbe,
        Resources = container.Resources,
        SecurityContext = container.SecurityContext,
        StartupProbe = container.StartupProbe,
        Stdin = container.Stdin,
        StdinOnce = container.StdinOnce,
        TerminationMessagePath = container.TerminationMessagePath,
        TerminationMessagePolicy = container.TerminationMessagePolicy,
        Tty = container.Tty,
        VolumeDevices = container.VolumeDevices,
        VolumeMounts = container.VolumeMounts,
        WorkingDir = container.WorkingDir,
    };

    public static void ApplyDefaults(V1EphemeralContainer container, bool hostNetwork)
    {
        var filled = AsContainer(container);
        ContainerDefaults.Apply(filled, hostNetwork);
        container.ImagePullPolicy = filled.ImagePullPolicy;
        container.TerminationMessagePath = filled.TerminationMessagePath;
        container.TerminationMessagePolicy = filled.TerminationMessagePolicy;
        container.Resources = filled.Resources;
    }
}
