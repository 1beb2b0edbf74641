using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>What the built-in load balancer publishes for a Service, or why it cannot.</summary>
internal sealed record LoadBalancerPlan(ImmutableArray<string> Addresses, string? Problem);

/// <summary>
/// Decides which nodes serve a Service of type LoadBalancer on its own ports: every ready node that is not excluded; with
/// <c>externalTrafficPolicy: Local</c> only those that have an endpoint. As k3s' ServiceLB, a port is one Service's:
/// the older one's.
/// </summary>
internal static class LoadBalancerPlanner
{
    /// <summary>https://kubernetes.io/docs/reference/labels-annotations-taints/</summary>
    public const string ExcludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers";

    /// <summary>The class that asks for this load balancer by name.</summary>
    public const string ClassName = "minikube.io/servicelb";

    /// <summary>True for Services that are this load balancer's business.</summary>
    public static bool IsOurs(V1Service service)
        => service.Spec.Type == "LoadBalancer"
            && !service.IsDeleting()
            && service.Spec.LoadBalancerClass is null or "" or ClassName;

    /// <param name="service">One of ours.</param>
    /// <param name="others">All Services.</param>
    /// <param name="nodes">All nodes.</param>
    /// <param name="slices">The slices of the Service.</param>
    public static LoadBalancerPlan Plan(
        V1Service service, IEnumerable<V1Service> others, IEnumerable<V1Node> nodes, IEnumerable<V1EndpointSlice> slices)
    {
        if (FindConflict(service, others) is { } problem)
        {
            return new LoadBalancerPlan([], problem);
        }

        var serving = nodes.Where(CanServe);
        if (service.Spec.ExternalTrafficPolicy == "Local")
        {
            var withEndpoint = slices
                .SelectMany(static slice => slice.Endpoints ?? [])
                .Where(static endpoint => endpoint.Conditions?.Ready ?? true)
                .Select(static endpoint => endpoint.NodeName)
                .ToHashSet();
            serving = serving.Where(node => withEndpoint.Contains(node.Metadata.Name));
        }

        return new LoadBalancerPlan(
            [.. serving.Select(AddressOf).OfType<string>().Distinct().Order(StringComparer.Ordinal)], null);
    }

    /// <summary>True when a change of the node may change what is published.</summary>
    public static bool Matters(V1Node? old, V1Node? current) => Facts(old) != Facts(current);

    private static (bool, string?) Facts(V1Node? node)
        => node is null ? default : (CanServe(node), AddressOf(node));

    private static bool CanServe(V1Node node)
        => !node.IsDeleting()
            && node.Metadata.Labels?.ContainsKey(ExcludeLabel) != true
            && node.Status?.Conditions?.Any(static one => one is { Type: "Ready", Status: "True" }) == true;

    private static string? AddressOf(V1Node node)
        => (node.Status?.Addresses ?? []).FirstOrDefault(static one => one.Type == "InternalIP"
            && IPAddress.TryParse(one.Address, out var address)
            && address.AddressFamily == AddressFamily.InterNetwork)?.Address;

    private static string? FindConflict(V1Service service, IEnumerable<V1Service> others)
    {
        var ports = Ports(service).ToHashSet();
        var older = others
            .Where(other => IsOurs(other) && other.Metadata.Uid != service.Metadata.Uid && IsBefore(other, service))
            .OrderBy(static other => other.Metadata.CreationTimestamp);
        foreach (var other in older)
        {
            if (Ports(other).FirstOrDefault(ports.Contains) is { } taken)
            {
                return $"port {taken} of the nodes is taken by Service {other.Key()}; use another port, or delete that Service";
            }
        }

        return null;
    }

    private static bool IsBefore(V1Service one, V1Service other)
        => (one.Metadata.CreationTimestamp, one.Key().ToString())
            .CompareTo((other.Metadata.CreationTimestamp, other.Key().ToString())) < 0;

    private static IEnumerable<string> Ports(V1Service service)
        => (service.Spec.Ports ?? []).Select(static port
            => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{port.Port}/{port.Protocol ?? "TCP"}"));
}
