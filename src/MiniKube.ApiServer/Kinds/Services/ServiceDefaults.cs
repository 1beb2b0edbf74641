using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec</summary>
internal static class ServiceDefaults
{
    private const int ClientAffinitySeconds = 10800;

    public static void Apply(V1ServiceSpec spec)
    {
        spec.Type = OrDefault(spec.Type, "ClusterIP");
        spec.SessionAffinity = OrDefault(spec.SessionAffinity, "None");
        foreach (var port in spec.Ports ?? [])
        {
            Apply(port);
        }

        ApplyAffinity(spec);
        ApplyAddresses(spec);
        ApplyPolicies(spec);
    }

    /// <summary>An address of the load balancer is one that nodes answer themselves, unless said otherwise.</summary>
    public static void Apply(V1ServiceStatus? status)
    {
        foreach (var ingress in (status?.LoadBalancer?.Ingress ?? []).Where(static one => !string.IsNullOrEmpty(one.Ip)))
        {
            ingress.IpMode ??= "VIP";
        }
    }

    private static void Apply(V1ServicePort port)
    {
        port.Protocol = OrDefault(port.Protocol, "TCP");
        if (port.TargetPort?.Value is null or "" or "0")
        {
            port.TargetPort = port.Port;
        }
    }

    private static void ApplyAffinity(V1ServiceSpec spec)
    {
        if (spec.SessionAffinity == "None")
        {
            spec.SessionAffinityConfig = null;
            return;
        }

        spec.SessionAffinityConfig ??= new V1SessionAffinityConfig();
        spec.SessionAffinityConfig.ClientIP ??= new V1ClientIPConfig();
        spec.SessionAffinityConfig.ClientIP.TimeoutSeconds ??= ClientAffinitySeconds;
    }

    private static void ApplyAddresses(V1ServiceSpec spec)
    {
        if (spec.Type == "ExternalName")
        {
            return;
        }

        if (!string.IsNullOrEmpty(spec.ClusterIP) && spec.ClusterIPs is not { Count: > 0 })
        {
            spec.ClusterIPs = [spec.ClusterIP];
        }

        // A headless service without a selector may be given endpoints of both families.
        var both = spec.ClusterIP == "None" && spec.Selector is not { Count: > 0 } && spec.IpFamilyPolicy is null;
        spec.IpFamilyPolicy ??= both ? "RequireDualStack" : "SingleStack";
        spec.IpFamilies ??= both ? ["IPv4", "IPv6"] : ["IPv4"];
    }

    private static void ApplyPolicies(V1ServiceSpec spec)
    {
        if (spec.Type is "ClusterIP" or "NodePort" or "LoadBalancer")
        {
            spec.InternalTrafficPolicy = OrDefault(spec.InternalTrafficPolicy, "Cluster");
        }

        if (spec.Type is "NodePort" or "LoadBalancer" || spec is { Type: "ClusterIP", ExternalIPs.Count: > 0 })
        {
            spec.ExternalTrafficPolicy = OrDefault(spec.ExternalTrafficPolicy, "Cluster");
        }

        if (spec.Type == "LoadBalancer")
        {
            spec.AllocateLoadBalancerNodePorts ??= true;
        }
    }

    private static string OrDefault(string? value, string otherwise) => string.IsNullOrEmpty(value) ? otherwise : value;
}
