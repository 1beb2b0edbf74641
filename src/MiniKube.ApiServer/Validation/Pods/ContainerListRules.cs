using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The containers of a pod as a whole: at least one, names and host ports unique, what init containers may have.</summary>
internal static class ContainerListRules
{
    public static void Validate(V1PodSpec spec, string path, FieldErrors errors)
    {
        var volumes = (spec.Volumes ?? []).Select(volume => volume.Name).ToHashSet();
        var names = new HashSet<string>();
        var containers = spec.Containers ?? [];
        if (containers.Count == 0)
        {
            errors.Required($"{path}.containers");
        }

        for (var index = 0; index < containers.Count; index++)
        {
            var place = new ContainerPlace($"{path}.containers[{index}]", spec, volumes);
            ValidateName(containers[index].Name, place.Path, names, errors);
            ContainerRules.Validate(containers[index], place, errors);
        }

        ValidateInit(spec, path, volumes, names, errors);
        EphemeralContainerRules.Validate(spec, path, volumes, names, errors);
        ValidateHostPorts(spec, path, errors);
    }

    private static void ValidateInit(
        V1PodSpec spec, string path, IReadOnlySet<string> volumes, HashSet<string> names, FieldErrors errors)
    {
        var containers = spec.InitContainers ?? [];
        for (var index = 0; index < containers.Count; index++)
        {
            var place = new ContainerPlace($"{path}.initContainers[{index}]", spec, volumes);
            ValidateName(containers[index].Name, place.Path, names, errors);
            ContainerRules.Validate(containers[index], place, errors);
            ValidateInitOnly(containers[index], place.Path, errors);
        }
    }

    private static void ValidateInitOnly(V1Container container, string path, FieldErrors errors)
    {
        if (container.RestartPolicy == "Always")
        {
            return;
        }

        Refuse("lifecycle", container.Lifecycle);
        Refuse("livenessProbe", container.LivenessProbe);
        Refuse("readinessProbe", container.ReadinessProbe);
        Refuse("startupProbe", container.StartupProbe);

        void Refuse(string field, object? value)
        {
            if (value is not null)
            {
                errors.Forbidden($"{path}.{field}", "may not be set for init containers without restartPolicy=Always");
            }
        }
    }

    internal static void ValidateName(string? name, string path, HashSet<string> names, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            errors.Required($"{path}.name");
            return;
        }

        errors.Invalid($"{path}.name", name, Names.CheckDnsLabel(name));
        if (!names.Add(name))
        {
            errors.Duplicate($"{path}.name", name);
        }
    }

    private static void ValidateHostPorts(V1PodSpec spec, string path, FieldErrors errors)
    {
        var taken = new HashSet<(string?, string?, int)>();
        var containers = spec.Containers ?? [];
        for (var index = 0; index < containers.Count; index++)
        {
            var ports = containers[index].Ports ?? [];
            for (var number = 0; number < ports.Count; number++)
            {
                var port = ports[number];
                if (port.HostPort > 0 && !taken.Add((port.HostIP, port.Protocol, port.HostPort.Value)))
                {
                    errors.Duplicate($"{path}.containers[{index}].ports[{number}].hostPort",
                        $"{port.HostIP}/{port.Protocol}/{port.HostPort}");
                }
            }
        }
    }
}

/// <summary>Where a container stands: its path, its pod, and the volumes it may mount.</summary>
internal readonly record struct ContainerPlace(string Path, V1PodSpec Pod, IReadOnlySet<string> Volumes);
