using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>
/// Addresses and ports the server once chose: an update that does not name them keeps them, an update to a type that has none
/// gives them back.
/// </summary>
internal static class ServiceAllocatedFields
{
    /// <summary>True for types with an address of their own.</summary>
    public static bool HasClusterAddress(V1ServiceSpec spec) => spec.Type is "ClusterIP" or "NodePort" or "LoadBalancer";

    /// <summary>True for types with ports on every node.</summary>
    public static bool HasNodePorts(V1ServiceSpec spec)
        => spec.Type == "NodePort" || (spec.Type == "LoadBalancer" && spec.AllocateLoadBalancerNodePorts != false);

    /// <summary>True for services whose nodes say whether they have an endpoint.</summary>
    public static bool NeedsHealthCheck(V1ServiceSpec spec)
        => spec is { Type: "LoadBalancer", ExternalTrafficPolicy: "Local" };

    /// <summary>Copies what the update left out.</summary>
    public static void Keep(V1ServiceSpec spec, V1ServiceSpec old)
    {
        FollowAddress(spec, old);
        if (HasClusterAddress(spec) && HasClusterAddress(old))
        {
            KeepAddress(spec, old);
        }

        if (HasNodePorts(spec) && HasNodePorts(old))
        {
            KeepNodePorts(spec.Ports ?? [], old.Ports ?? []);
        }

        if (NeedsHealthCheck(spec) && NeedsHealthCheck(old) && (spec.HealthCheckNodePort is null or 0))
        {
            spec.HealthCheckNodePort = old.HealthCheckNodePort;
        }
    }

    /// <summary>Clears what the new type has no use for, where the user only left it in.</summary>
    public static void DropUnused(V1ServiceSpec spec, V1ServiceSpec old)
    {
        if (HasClusterAddress(old) && !HasClusterAddress(spec) && spec.ClusterIP == old.ClusterIP)
        {
            spec.ClusterIP = null;
            spec.ClusterIPs = null;
            spec.IpFamilies = null;
            spec.IpFamilyPolicy = null;
        }

        if (HasNodePorts(old) && spec.Type is "ClusterIP" or "ExternalName")
        {
            DropNodePorts(spec.Ports ?? [], old.Ports ?? []);
        }

        DropPolicies(spec, old);
    }

    // clusterIPs is clusterIP in other words: a change of the one alone is meant for both.
    private static void FollowAddress(V1ServiceSpec spec, V1ServiceSpec old)
    {
        if (spec.ClusterIP != old.ClusterIP && (spec.ClusterIPs ?? []).SequenceEqual(old.ClusterIPs ?? []))
        {
            spec.ClusterIPs = string.IsNullOrEmpty(spec.ClusterIP) ? null : [spec.ClusterIP];
        }
    }

    private static void KeepAddress(V1ServiceSpec spec, V1ServiceSpec old)
    {
        if (string.IsNullOrEmpty(spec.ClusterIP) && spec.ClusterIPs is not { Count: > 0 })
        {
            spec.ClusterIP = old.ClusterIP;
            spec.ClusterIPs = old.ClusterIPs;
        }
        else if (string.IsNullOrEmpty(spec.ClusterIP))
        {
            spec.ClusterIP = spec.ClusterIPs[0];
        }
    }

    private static void KeepNodePorts(IList<V1ServicePort> ports, IList<V1ServicePort> old)
    {
        var taken = ports.Select(port => port.NodePort).ToHashSet();
        foreach (var port in ports.Where(port => port.NodePort is null or 0))
        {
            var same = old.FirstOrDefault(one => one.Port == port.Port && one.Protocol == port.Protocol && one.NodePort > 0);
            if (same is not null && taken.Add(same.NodePort))
            {
                port.NodePort = same.NodePort;
            }
        }
    }

    private static void DropNodePorts(IList<V1ServicePort> ports, IList<V1ServicePort> old)
    {
        var known = old.Select(port => port.NodePort).ToHashSet();
        if (ports.All(port => port.NodePort is null or 0 || known.Contains(port.NodePort)))
        {
            foreach (var port in ports)
            {
                port.NodePort = null;
            }
        }
    }

    private static void DropPolicies(V1ServiceSpec spec, V1ServiceSpec old)
    {
        if (spec.Type is "ClusterIP" or "ExternalName"
            && spec.ExternalIPs is not { Count: > 0 }
            && spec.ExternalTrafficPolicy == old.ExternalTrafficPolicy)
        {
            spec.ExternalTrafficPolicy = null;
        }

        if (!NeedsHealthCheck(spec) && spec.HealthCheckNodePort == old.HealthCheckNodePort)
        {
            spec.HealthCheckNodePort = null;
        }

        if (spec.Type != "LoadBalancer" && spec.LoadBalancerClass == old.LoadBalancerClass)
        {
            spec.LoadBalancerClass = null;
        }

        if (spec.Type != "LoadBalancer" && spec.AllocateLoadBalancerNodePorts == old.AllocateLoadBalancerNodePorts)
        {
            spec.AllocateLoadBalancerNodePorts = null;
        }
    }
}
