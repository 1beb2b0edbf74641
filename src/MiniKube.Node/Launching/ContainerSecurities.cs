using System.Globalization;
using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>
/// The rights of a container: its own security context over its pod's.
/// https://kubernetes.io/docs/tasks/configure-pod-container/security-context/
/// </summary>
internal static class ContainerSecurities
{
    public static ContainerSecurity Of(V1Pod pod, V1Container container)
    {
        var ofPod = pod.Spec.SecurityContext;
        var own = container.SecurityContext;
        var privileged = own?.Privileged == true;
        var groups = (ofPod?.SupplementalGroups ?? []).OfType<long>();
        return new ContainerSecurity
        {
            RunAsUser = own?.RunAsUser ?? ofPod?.RunAsUser,
            RunAsGroup = own?.RunAsGroup ?? ofPod?.RunAsGroup,
            SupplementalGroups = [.. ofPod?.FsGroup is { } group ? groups.Append(group).Distinct() : groups],
            Privileged = privileged,
            ReadOnlyRootFilesystem = own?.ReadOnlyRootFilesystem == true,
            AllowPrivilegeEscalation = own?.AllowPrivilegeEscalation ?? true,
            AddCapabilities = Names(own?.Capabilities?.Add),
            DropCapabilities = Names(own?.Capabilities?.Drop),
            SeccompUnconfined = privileged || (own?.SeccompProfile ?? ofPod?.SeccompProfile)?.Type is null or "Unconfined",
        };
    }

    /// <summary>Holds the container to <c>runAsNonRoot</c>, with the kubelet's words.</summary>
    /// <exception cref="LaunchException">It would run as root, or nobody can tell.</exception>
    public static void RequireNonRoot(V1Pod pod, V1Container container, ImageStatus image)
    {
        var nonRoot = container.SecurityContext?.RunAsNonRoot ?? pod.Spec.SecurityContext?.RunAsNonRoot;
        if (nonRoot != true)
        {
            return;
        }

        var where = $"(pod: \"{PodNames.Of(pod)}\", container: {container.Name})";
        var problem = (container.SecurityContext?.RunAsUser ?? pod.Spec.SecurityContext?.RunAsUser) switch
        {
            0 => $"container's runAsUser breaks non-root policy {where}",
            not null => null,
            null => ProblemOfImage(image.User, where),
        };
        if (problem is not null)
        {
            throw new LaunchException(LaunchReasons.InvalidConfig, problem);
        }
    }

    private static string? ProblemOfImage(string user, string where)
    {
        var name = user.Split(':')[0];
        if (name.Length == 0 || name == "0")
        {
            return $"container has runAsNonRoot and image will run as root {where}";
        }

        return long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? null
            : $"container has runAsNonRoot and image has non-numeric user ({name}), cannot verify user is non-root {where}";
    }

    private static string[] Names(IList<string>? capabilities)
        => [.. (capabilities ?? []).Select(name => name.StartsWith("CAP_", StringComparison.Ordinal) ? name[4..] : name)];
}
