using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// What an ephemeral container may be, and that a pod never loses one.
/// https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/
/// </summary>
internal static class EphemeralContainerRules
{
    private const string NotHere = "cannot be set for an Ephemeral Container";

    /// <param name="spec">The pod.</param>
    /// <param name="path">Where its specification stands.</param>
    /// <param name="volumes">What may be mounted.</param>
    /// <param name="names">Names that are taken.</param>
    /// <param name="errors">Where problems go.</param>
    public static void Validate(V1PodSpec spec, string path, IReadOnlySet<string> volumes, HashSet<string> names, FieldErrors errors)
    {
        var targets = (spec.Containers ?? []).Select(static one => one.Name).ToHashSet();
        var containers = spec.EphemeralContainers ?? [];
        for (var index = 0; index < containers.Count; index++)
        {
            var container = containers[index];
            var place = new ContainerPlace($"{path}.ephemeralContainers[{index}]", spec, volumes);
            ContainerListRules.ValidateName(container.Name, place.Path, names, errors);
            ContainerRules.Validate(EphemeralContainers.AsContainer(container), place, errors);
            if (container.TargetContainerName is { Length: > 0 } target && !targets.Contains(target))
            {
                errors.NotFound($"{place.Path}.targetContainerName", target);
            }

            ValidateFields(container, place.Path, errors);
        }
    }

    /// <summary>Containers are added; those that are there stay as they are.</summary>
    public static void ValidateUpdate(V1PodSpec spec, V1PodSpec old, FieldErrors errors)
    {
        var containers = (spec.EphemeralContainers ?? []).DistinctBy(static one => one.Name).ToDictionary(static one => one.Name);
        foreach (var before in old.EphemeralContainers ?? [])
        {
            if (!containers.TryGetValue(before.Name, out var now))
            {
                errors.Forbidden("spec.ephemeralContainers", $"existing ephemeral containers \"{before.Name}\" may not be removed\n");
            }
            else if (!JsonChanges.AreEqual(before, now))
            {
                errors.Forbidden(
                    "spec.ephemeralContainers",
                    $"existing ephemeral containers \"{before.Name}\" may not be changed\n{JsonChanges.Text(now)}");
            }
        }
    }

    private static void ValidateFields(V1EphemeralContainer container, string path, FieldErrors errors)
    {
        Refuse("ports", container.Ports is { Count: > 0 });
        Refuse("livenessProbe", container.LivenessProbe is not null);
        Refuse("readinessProbe", container.ReadinessProbe is not null);
        Refuse("startupProbe", container.StartupProbe is not null);
        Refuse("lifecycle", container.Lifecycle is not null);
        Refuse("resizePolicy", container.ResizePolicy is { Count: > 0 });
        Refuse("restartPolicy", !string.IsNullOrEmpty(container.RestartPolicy));
        Refuse("resources", container.Resources is { } resources
            && (resources.Limits is { Count: > 0 } || resources.Requests is { Count: > 0 } || resources.Claims is { Count: > 0 }));
        var mounts = container.VolumeMounts ?? [];
        for (var index = 0; index < mounts.Count; index++)
        {
            Refuse($"volumeMounts[{index}].subPath", !string.IsNullOrEmpty(mounts[index].SubPath));
            Refuse($"volumeMounts[{index}].subPathExpr", !string.IsNullOrEmpty(mounts[index].SubPathExpr));
        }

        void Refuse(string field, bool isSet)
        {
            if (isSet)
            {
                errors.Forbidden($"{path}.{field}", NotHere);
            }
        }
    }
}
