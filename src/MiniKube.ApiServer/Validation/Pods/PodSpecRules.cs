using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// A pod's specification, alone or in a template. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
/// </summary>
internal static class PodSpecRules
{
    private const long SecondsMax = int.MaxValue;

    public static void Validate(V1PodSpec spec, string path, FieldErrors errors)
    {
        VolumeRules.Validate(spec.Volumes ?? [], $"{path}.volumes", errors);
        ContainerListRules.Validate(spec, path, errors);
        ValidatePolicies(spec, path, errors);
        ValidateNames(spec, path, errors);
        ValidateSeconds(spec, path, errors);
        SecurityRules.Validate(spec.SecurityContext, $"{path}.securityContext", errors);
        ValidateAliases(spec.HostAliases ?? [], $"{path}.hostAliases", errors);
        ValidateGates(spec, path, errors);
        MetadataRules.ValidateLabels(spec.NodeSelector, $"{path}.nodeSelector", errors);
        TolerationRules.Validate(spec.Tolerations ?? [], $"{path}.tolerations", errors);
        AffinityRules.Validate(spec.Affinity, $"{path}.affinity", errors);
        SpreadRules.Validate(spec.TopologySpreadConstraints ?? [], $"{path}.topologySpreadConstraints", errors);
    }

    private static void ValidatePolicies(V1PodSpec spec, string path, FieldErrors errors)
    {
        errors.OneOf($"{path}.restartPolicy", spec.RestartPolicy, "Always", "OnFailure", "Never");
        errors.OneOf($"{path}.dnsPolicy", spec.DnsPolicy, "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");
        if (spec.DnsPolicy == "None" && spec.DnsConfig?.Nameservers is not { Count: > 0 })
        {
            errors.Required($"{path}.dnsConfig.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None");
        }

        foreach (var (server, index) in (spec.DnsConfig?.Nameservers ?? []).Select((server, index) => (server, index)))
        {
            errors.Invalid($"{path}.dnsConfig.nameservers[{index}]", server, Names.CheckIPAddress(server));
        }

        if (spec.Os is not null)
        {
            errors.OneOf($"{path}.os.name", spec.Os.Name, "linux", "windows");
        }
    }

    private static void ValidateNames(V1PodSpec spec, string path, FieldErrors errors)
    {
        Check($"{path}.serviceAccountName", spec.ServiceAccountName, Names.CheckDnsSubdomain, errors);
        Check($"{path}.nodeName", spec.NodeName, Names.CheckDnsSubdomain, errors);
        Check($"{path}.hostname", spec.Hostname, Names.CheckDnsLabel, errors);
        Check($"{path}.subdomain", spec.Subdomain, Names.CheckDnsLabel, errors);
        Check($"{path}.priorityClassName", spec.PriorityClassName, Names.CheckDnsSubdomain, errors);
        Check($"{path}.runtimeClassName", spec.RuntimeClassName, Names.CheckDnsSubdomain, errors);
        var secrets = spec.ImagePullSecrets ?? [];
        for (var index = 0; index < secrets.Count; index++)
        {
            errors.Required($"{path}.imagePullSecrets[{index}].name", secrets[index].Name, "");
        }
    }

    private static void Check(string path, string? value, Func<string, IReadOnlyList<string>> rule, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(value))
        {
            errors.Invalid(path, value, rule(value));
        }
    }

    private static void ValidateSeconds(V1PodSpec spec, string path, FieldErrors errors)
    {
        errors.NotNegative($"{path}.terminationGracePeriodSeconds", spec.TerminationGracePeriodSeconds);
        if (spec.ActiveDeadlineSeconds is < 1 or > SecondsMax)
        {
            errors.Invalid($"{path}.activeDeadlineSeconds", spec.ActiveDeadlineSeconds, $"must be between 1 and {SecondsMax}, inclusive");
        }
    }

    private static void ValidateAliases(IList<V1HostAlias> aliases, string path, FieldErrors errors)
    {
        for (var index = 0; index < aliases.Count; index++)
        {
            errors.Invalid($"{path}[{index}].ip", aliases[index].Ip ?? "", Names.CheckIPAddress(aliases[index].Ip ?? ""));
            foreach (var name in aliases[index].Hostnames ?? [])
            {
                errors.Invalid($"{path}[{index}].hostnames", name, Names.CheckDnsSubdomain(name));
            }
        }
    }

    private static void ValidateGates(V1PodSpec spec, string path, FieldErrors errors)
    {
        var gates = spec.ReadinessGates ?? [];
        for (var index = 0; index < gates.Count; index++)
        {
            var type = gates[index].ConditionType ?? "";
            errors.Invalid($"{path}.readinessGates[{index}].conditionType", type, Names.CheckQualifiedName(type));
        }

        var seen = new HashSet<string>();
        var schedulingGates = spec.SchedulingGates ?? [];
        for (var index = 0; index < schedulingGates.Count; index++)
        {
            var name = schedulingGates[index].Name ?? "";
            errors.Invalid($"{path}.schedulingGates[{index}]", name, Names.CheckQualifiedName(name));
            if (!seen.Add(name))
            {
                errors.Duplicate($"{path}.schedulingGates[{index}]", name);
            }
        }
    }
}
