using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// What a pod gets when the user says nothing. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
/// </summary>
internal static class PodDefaults
{
    /// <summary>Time between SIGTERM and SIGKILL.</summary>
    public const int TerminationGraceSeconds = 30;

    /// <summary>For pods: also what depends on being one, not a template.</summary>
    public static void Apply(V1PodSpec spec)
    {
        ApplyToSpec(spec);
        spec.EnableServiceLinks ??= true;
        foreach (var container in Containers(spec))
        {
            ApplyRequests(container.Resources);
        }
    }

    /// <summary>For the template of a workload.</summary>
    public static void ApplyToTemplate(V1PodTemplateSpec template)
    {
        template.Metadata ??= new V1ObjectMeta();
        ApplyToSpec(template.Spec ??= new V1PodSpec());
    }

    private static void ApplyToSpec(V1PodSpec spec)
    {
        spec.DnsPolicy = OrDefault(spec.DnsPolicy, "ClusterFirst");
        spec.RestartPolicy = OrDefault(spec.RestartPolicy, "Always");
        spec.SchedulerName = OrDefault(spec.SchedulerName, "default-scheduler");
        spec.SecurityContext ??= new V1PodSecurityContext();
        spec.TerminationGracePeriodSeconds ??= TerminationGraceSeconds;
        ApplyServiceAccount(spec);
        foreach (var container in Containers(spec))
        {
            ContainerDefaults.Apply(container, spec.HostNetwork == true);
        }

        foreach (var container in spec.EphemeralContainers ?? [])
        {
            EphemeralContainers.ApplyDefaults(container, spec.HostNetwork == true);
        }

        foreach (var volume in spec.Volumes ?? [])
        {
            VolumeDefaults.Apply(volume);
        }
    }

    // serviceAccount is the old spelling; both are always filled in.
    private static void ApplyServiceAccount(V1PodSpec spec)
    {
        spec.ServiceAccountName = OrDefault(spec.ServiceAccountName, spec.ServiceAccount ?? "");
        if (spec.ServiceAccountName.Length == 0)
        {
            spec.ServiceAccountName = null;
        }

        spec.ServiceAccount = spec.ServiceAccountName;
    }

    private static void ApplyRequests(V1ResourceRequirements resources)
    {
        foreach (var (name, limit) in resources.Limits ?? new Dictionary<string, ResourceQuantity>())
        {
            resources.Requests ??= new Dictionary<string, ResourceQuantity>();
            resources.Requests.TryAdd(name, limit);
        }
    }

    private static IEnumerable<V1Container> Containers(V1PodSpec spec)
        => (spec.InitContainers ?? []).Concat(spec.Containers ?? []);

    private static string OrDefault(string? value, string otherwise) => string.IsNullOrEmpty(value) ? otherwise : value;
}
