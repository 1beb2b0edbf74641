using System.Collections.Immutable;
using k8s.Models;

namespace MiniKube.ApiServer;

/// <summary>What a service has of the cluster's addresses and node ports.</summary>
internal readonly record struct ServiceClaims(ImmutableHashSet<string> Addresses, ImmutableHashSet<int> NodePorts)
{
    public static ServiceClaims Of(V1Service? service)
    {
        if (service?.Spec is not { } spec)
        {
            return new ServiceClaims([], []);
        }

        var addresses = ServiceAllocatedFields.HasClusterAddress(spec) ? spec.ClusterIPs ?? [] : [];
        var ports = (spec.Ports ?? []).Select(port => port.NodePort).Append(spec.HealthCheckNodePort);
        return new ServiceClaims(
            [.. addresses.Where(address => !string.IsNullOrEmpty(address) && address != "None")],
            [.. ports.OfType<int>().Where(port => port > 0)]);
    }
}
