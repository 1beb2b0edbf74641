using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>One container by itself.</summary>
internal static class ContainerRules
{
    public static void Validate(V1Container container, ContainerPlace place, FieldErrors errors)
    {
        var path = place.Path;
        ValidateImage(container, path, errors);
        ValidateTermination(container, path, errors);
        ValidatePorts(container.Ports ?? [], place, errors);
        EnvironmentRules.Validate(container, path, errors);
        ValidateMounts(container.VolumeMounts ?? [], place, errors);
        ResourceRules.Validate(container.Resources, $"{path}.resources", errors);
        SecurityRules.Validate(container.SecurityContext, $"{path}.securityContext", errors);
        ProbeRules.ValidateLifecycle(container.Lifecycle, place, errors);
        ProbeRules.ValidateLiveness(container.LivenessProbe, $"{path}.livenessProbe", errors);
        ProbeRules.ValidateLiveness(container.StartupProbe, $"{path}.startupProbe", errors);
        ProbeRules.ValidateReadiness(container.ReadinessProbe, $"{path}.readinessProbe", errors);
        if (!string.IsNullOrEmpty(container.RestartPolicy))
        {
            errors.OneOf($"{path}.restartPolicy", container.RestartPolicy, "Always", "Never", "OnFailure");
        }
    }

    private static void ValidateImage(V1Container container, string path, FieldErrors errors)
    {
        var image = container.Image ?? "";
        if (image.Length == 0)
        {
            errors.Required($"{path}.image");
        }
        else if (image.Trim() != image)
        {
            errors.Invalid($"{path}.image", image, "must not have leading or trailing whitespace");
        }

        errors.OneOf($"{path}.imagePullPolicy", container.ImagePullPolicy, "Always", "IfNotPresent", "Never");
    }

    private static void ValidateTermination(V1Container container, string path, FieldErrors errors)
    {
        errors.Required($"{path}.terminationMessagePath", container.TerminationMessagePath, "");
        errors.OneOf($"{path}.terminationMessagePolicy", container.TerminationMessagePolicy, "FallbackToLogsOnError", "File");
    }

    private static void ValidatePorts(IList<V1ContainerPort> ports, ContainerPlace place, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var index = 0; index < ports.Count; index++)
        {
            var (port, path) = (ports[index], $"{place.Path}.ports[{index}]");
            ValidatePortName(port.Name, path, names, errors);
            if (port.ContainerPort == 0)
            {
                errors.Required($"{path}.containerPort");
            }
            else
            {
                errors.Invalid($"{path}.containerPort", port.ContainerPort, Names.CheckPortNumber(port.ContainerPort));
            }

            ValidateHostPort(port, place.Pod.HostNetwork == true, path, errors);
            errors.OneOf($"{path}.protocol", port.Protocol, "SCTP", "TCP", "UDP");
        }
    }

    private static void ValidatePortName(string? name, string path, HashSet<string> names, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        errors.Invalid($"{path}.name", name, Names.CheckPortName(name));
        if (!names.Add(name))
        {
            errors.Duplicate($"{path}.name", name);
        }
    }

    private static void ValidateHostPort(V1ContainerPort port, bool hostNetwork, string path, FieldErrors errors)
    {
        if (port.HostPort is null or 0)
        {
            return;
        }

        errors.Invalid($"{path}.hostPort", port.HostPort, Names.CheckPortNumber(port.HostPort.Value));
        if (hostNetwork && port.HostPort != port.ContainerPort)
        {
            errors.Invalid($"{path}.hostPort", port.HostPort, "must match `containerPort` when `hostNetwork` is true");
        }
    }

    private static void ValidateMounts(IList<V1VolumeMount> mounts, ContainerPlace place, FieldErrors errors)
    {
        var targets = new HashSet<string>();
        for (var index = 0; index < mounts.Count; index++)
        {
            var (mount, path) = (mounts[index], $"{place.Path}.volumeMounts[{index}]");
            if (string.IsNullOrEmpty(mount.Name))
            {
                errors.Required($"{path}.name");
            }
            else if (!place.Volumes.Contains(mount.Name))
            {
                errors.NotFound($"{path}.name", mount.Name);
            }

            errors.Required($"{path}.mountPath", mount.MountPath, "");
            if (!targets.Add(mount.MountPath ?? ""))
            {
                errors.Invalid($"{path}.mountPath", mount.MountPath, "must be unique");
            }

            ValidateSubPath(mount, path, errors);
        }
    }

    private static void ValidateSubPath(V1VolumeMount mount, string path, FieldErrors errors)
    {
        PathRules.ValidateInside(mount.SubPath, $"{path}.subPath", errors);
        PathRules.ValidateInside(mount.SubPathExpr, $"{path}.subPathExpr", errors);
        if (!string.IsNullOrEmpty(mount.SubPath) && !string.IsNullOrEmpty(mount.SubPathExpr))
        {
            errors.Invalid($"{path}.subPathExpr", mount.SubPathExpr, "subPathExpr and subPath are mutually exclusive");
        }

        if (!string.IsNullOrEmpty(mount.MountPropagation))
        {
            errors.OneOf($"{path}.mountPropagation", mount.MountPropagation, "Bidirectional", "HostToContainer", "None");
        }
    }
}
