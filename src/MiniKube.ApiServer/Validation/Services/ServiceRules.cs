using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Services. https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/</summary>
internal static class ServiceRules
{
    private const int AffinitySecondsMax = 86400;

    public static void Validate(V1ServiceSpec spec, FieldErrors errors)
    {
        errors.OneOf("spec.type", spec.Type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        ValidateType(spec, errors);
        ServicePortRules.Validate(spec, errors);
        MetadataRules.ValidateLabels(spec.Selector, "spec.selector", errors);
        ValidateAffinity(spec, errors);
        ValidateAddresses(spec, errors);
        ValidateFamilies(spec, errors);
        ValidatePolicies(spec, errors);
        LoadBalancerRules.Validate(spec, errors);
    }

    public static void ValidateUpdate(V1ServiceSpec spec, V1ServiceSpec old, FieldErrors errors)
    {
        LoadBalancerRules.ValidateUpdate(spec, old, errors);
        var both = ServiceAllocatedFields.HasClusterAddress(spec) && ServiceAllocatedFields.HasClusterAddress(old);
        var had = old.ClusterIPs is { Count: > 0 } addresses ? addresses[0] : old.ClusterIP;
        if (both && !string.IsNullOrEmpty(had) && spec.ClusterIP != had)
        {
            errors.Invalid("spec.clusterIPs[0]", spec.ClusterIPs ?? [], "may not change once set");
        }

        if (both && old.IpFamilies is { Count: > 0 } families && spec.IpFamilies?.FirstOrDefault() != families[0])
        {
            errors.Invalid("spec.ipFamilies[0]", spec.IpFamilies?.FirstOrDefault() ?? "", "may not change once set");
        }
    }

    private static void ValidateType(V1ServiceSpec spec, FieldErrors errors)
    {
        var headless = spec.ClusterIP == "None";
        if (spec.Type is "LoadBalancer" or "NodePort" && headless)
        {
            errors.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {spec.Type} services");
        }

        if (spec.Type != "ExternalName")
        {
            return;
        }

        if (spec.ClusterIPs is { Count: > 0 } || !string.IsNullOrEmpty(spec.ClusterIP))
        {
            errors.Forbidden("spec.clusterIPs", "may not be set for ExternalName services");
        }

        var name = spec.ExternalName?.TrimEnd('.') ?? "";
        if (name.Length == 0)
        {
            errors.Required("spec.externalName");
        }
        else
        {
            errors.Invalid("spec.externalName", spec.ExternalName, Names.CheckDnsSubdomain(name));
        }
    }

    private static void ValidateAffinity(V1ServiceSpec spec, FieldErrors errors)
    {
        errors.OneOf("spec.sessionAffinity", spec.SessionAffinity, "ClientIP", "None");
        var seconds = spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds;
        if (seconds is <= 0 or > AffinitySecondsMax)
        {
            errors.Invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", seconds,
                $"must be greater than 0 and less than {AffinitySecondsMax}");
        }
    }

    private static void ValidateAddresses(V1ServiceSpec spec, FieldErrors errors)
    {
        var addresses = spec.ClusterIPs ?? [];
        for (var index = 0; index < addresses.Count; index++)
        {
            if (addresses[index] != "None" || addresses.Count > 1)
            {
                errors.Invalid($"spec.clusterIPs[{index}]", addresses[index], Names.CheckIPAddress(addresses[index]));
            }
        }

        if (addresses.Count > 0 && !string.IsNullOrEmpty(spec.ClusterIP) && addresses[0] != spec.ClusterIP)
        {
            errors.Invalid("spec.clusterIPs", addresses, "first value must match `clusterIP`");
        }

        var external = spec.ExternalIPs ?? [];
        for (var index = 0; index < external.Count; index++)
        {
            AddressRules.ValidateReachable(external[index], $"spec.externalIPs[{index}]", errors);
        }
    }

    // One family here; a headless service without a selector has endpoints of its own making, of either.
    private static void ValidateFamilies(V1ServiceSpec spec, FieldErrors errors)
    {
        if (!string.IsNullOrEmpty(spec.IpFamilyPolicy))
        {
            errors.OneOf("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "PreferDualStack", "RequireDualStack", "SingleStack");
        }

        var free = spec.ClusterIP == "None" && spec.Selector is not { Count: > 0 };
        if (spec.IpFamilyPolicy == "RequireDualStack" && !free)
        {
            errors.Invalid("spec.ipFamilyPolicy", spec.IpFamilyPolicy, "this cluster is not configured for dual-stack services");
        }

        for (var index = 0; index < (spec.IpFamilies?.Count ?? 0); index++)
        {
            var family = spec.IpFamilies![index];
            errors.OneOf($"spec.ipFamilies[{index}]", family, "IPv4", "IPv6");
            if (family == "IPv6" && !free)
            {
                errors.Invalid($"spec.ipFamilies[{index}]", family, "not configured on this cluster");
            }
        }
    }

    private static void ValidatePolicies(V1ServiceSpec spec, FieldErrors errors)
    {
        var external = spec.Type is "NodePort" or "LoadBalancer" || spec is { Type: "ClusterIP", ExternalIPs.Count: > 0 };
        if (!string.IsNullOrEmpty(spec.ExternalTrafficPolicy))
        {
            errors.OneOf("spec.externalTrafficPolicy", spec.ExternalTrafficPolicy, "Cluster", "Local");
            if (!external)
            {
                errors.Invalid("spec.externalTrafficPolicy", spec.ExternalTrafficPolicy,
                    "may only be set for externally-accessible services");
            }
        }

        if (!string.IsNullOrEmpty(spec.InternalTrafficPolicy))
        {
            errors.OneOf("spec.internalTrafficPolicy", spec.InternalTrafficPolicy, "Cluster", "Local");
        }

        if (!string.IsNullOrEmpty(spec.TrafficDistribution))
        {
            errors.OneOf("spec.trafficDistribution", spec.TrafficDistribution, "PreferClose", "PreferSameNode", "PreferSameZone");
        }

        if (spec.AllocateLoadBalancerNodePorts is not null && spec.Type != "LoadBalancer")
        {
            errors.Forbidden("spec.allocateLoadBalancerNodePorts", "may only be used when `type` is 'LoadBalancer'");
        }
    }
}
