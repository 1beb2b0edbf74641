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

        return Walk(volume, path.Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>
    /// Follows the sub-path step by step and makes what is missing. A container may have put links into the volume, at any step: what is
    /// mounted must be inside the volume all the same, or it could have any file of the node.
    /// </summary>
    private static string Walk(string volume, IEnumerable<string> steps)
    {
        var at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(volume));
        var inside = at == "/" ? at : at + "/";
        foreach (var step in steps)
        {
            var next = Path.Combine(at, step);
            if (!Path.Exists(next) && new FileInfo(next).LinkTarget is null)
            {
                Directory.CreateDirectory(next);
            }

            at = File.ResolveLinkTarget(next, returnFinalTarget: true)?.FullName ?? next;
            if (!at.StartsWith(inside, StringComparison.Ordinal))
            {
                throw new ContainerConfigException($"subPath step \"{step}\" leads out of the volume through a link");
            }
        }

        return at;
    }
}
