using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What a container gets when the user says nothing.</summary>
internal static class ContainerDefaults
{
    public static void Apply(V1Container container, bool hostNetwork)
    {
        container.ImagePullPolicy = OrDefault(container.ImagePullPolicy, PullPolicy(container.Image ?? ""));
        container.TerminationMessagePath = OrDefault(container.TerminationMessagePath, "/dev/termination-log");
        container.TerminationMessagePolicy = OrDefault(container.TerminationMessagePolicy, "File");
        container.Resources ??= new V1ResourceRequirements();
        foreach (var port in container.Ports ?? [])
        {
            Apply(port, hostNetwork);
        }

        foreach (var field in (container.Env ?? []).Select(variable => variable.ValueFrom?.FieldRef))
        {
            Apply(field);
        }

        Apply(container.LivenessProbe);
        Apply(container.ReadinessProbe);
        Apply(container.StartupProbe);
        Apply(container.Lifecycle?.PostStart?.HttpGet);
        Apply(container.Lifecycle?.PreStop?.HttpGet);
    }

    public static void Apply(V1ObjectFieldSelector? field)
    {
        if (field is not null)
        {
            field.ApiVersion = OrDefault(field.ApiVersion, "v1");
        }
    }

    /// <summary>An image without a tag, or tagged <c>latest</c>, may change behind its name: it is always pulled.</summary>
    internal static string PullPolicy(string image)
    {
        var name = image[(image.LastIndexOf('/') + 1)..];
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var tagged = at < 0 ? name : name[..at];
        var colon = tagged.IndexOf(':', StringComparison.Ordinal);
        var tag = colon < 0 ? null : tagged[(colon + 1)..];
        return tag == "latest" || (tag is null && at < 0) ? "Always" : "IfNotPresent";
    }

    private static void Apply(V1ContainerPort port, bool hostNetwork)
    {
        port.Protocol = OrDefault(port.Protocol, "TCP");
        if (hostNetwork)
        {
            port.HostPort = PositiveOr(port.HostPort, port.ContainerPort);
        }
    }

    private static void Apply(V1Probe? probe)
    {
        if (probe is null)
        {
            return;
        }

        probe.TimeoutSeconds = PositiveOr(probe.TimeoutSeconds, 1);
        probe.PeriodSeconds = PositiveOr(probe.PeriodSeconds, 10);
        probe.SuccessThreshold = PositiveOr(probe.SuccessThreshold, 1);
        probe.FailureThreshold = PositiveOr(probe.FailureThreshold, 3);
        Apply(probe.HttpGet);
        if (probe.Grpc is not null)
        {
            probe.Grpc.Service ??= "";
        }
    }

    private static void Apply(V1HTTPGetAction? action)
    {
        if (action is not null)
        {
            action.Path = OrDefault(action.Path, "/");
            action.Scheme = OrDefault(action.Scheme, "HTTP");
        }
    }

    private static int? PositiveOr(int? value, int otherwise) => value is null or 0 ? otherwise : value;

    private static string OrDefault(string? value, string otherwise) => string.IsNullOrEmpty(value) ? otherwise : value;
}
