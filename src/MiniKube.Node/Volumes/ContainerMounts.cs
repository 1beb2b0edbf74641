using k8s.Models;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Turns a container's <c>volumeMounts</c> and the files every container gets into mounts.</summary>
internal static class ContainerMounts
{
    /// <param name="container">The container.</param>
    /// <param name="volumes">Where each volume of the pod is on the node.</param>
    /// <param name="variables">The container's environment, for <c>subPathExpr</c>.</param>
    /// <exception cref="ContainerConfigException">A mount names no volume, or its sub-path leaves the volume.</exception>
    public static IReadOnlyList<ContainerMount> Of(
        V1Container container, IReadOnlyDictionary<string, string> volumes, IReadOnlyDictionary<string, string> variables)
        => [.. (container.VolumeMounts ?? []).Select(mount => Of(mount, volumes, variables))];

    private static ContainerMount Of(
        V1VolumeMount mount, IReadOnlyDictionary<string, string> volumes, IReadOnlyDictionary<string, string> variables)
    {
        if (!volumes.TryGetValue(mount.Name, out var source))
        {
            throw new ContainerConfigException($"cannot find volume \"{mount.Name}\" to mount into the container");
        }

        var below = mount.SubPathExpr is { Length: > 0 } expression
            ? VariableExpansion.Expand(expression, variables)
            : mount.SubPath ?? "";
        return new ContainerMount(Below(source, below), mount.MountPath, mount.ReadOnlyProperty == true)
        {
            Propagation = mount.MountPropagation ?? "None",
        };
    }

    private static string Below(string volume, string path)
    {
        if (path.Length == 0)
        {
            return volume;
        }

        if (Path.IsPathRooted(path) || path.Split('/').Contains(".."))
        {
            throw new ContainerConfigException($"subPath \"{path}\" must stay below the volume");
        }

        var full = Path.Combine(volume, path);
        if (!Path.Exists(full))
        {
            Directory.CreateDirectory(full);
        }

        return Resolved(volume, full, path);
    }

    // What is mounted must be inside the volume even when a container has put links there.
    private static string Resolved(string volume, string full, string path)
    {
        var target = Directory.Exists(full)
            ? Directory.ResolveLinkTarget(full, returnFinalTarget: true)
            : File.ResolveLinkTarget(full, returnFinalTarget: true);
        var real = target?.FullName ?? full;
        return real.StartsWith(volume + "/", StringComparison.Ordinal)
            ? real
            : throw new ContainerConfigException($"subPath \"{path}\" leads out of the volume through a link");
    }
}
