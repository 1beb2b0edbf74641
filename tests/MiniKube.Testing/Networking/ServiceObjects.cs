using System.Net;
using k8s.Models;

namespace MiniKube.Testing;

/// <summary>Services and slices for tests, to be varied by delegates.</summary>
public static class ServiceObjects
{
    public const string Namespace = "default";

    /// <summary>A ClusterIP Service with one TCP port.</summary>
    public static V1Service Service(string name, string clusterIp, int port, Action<V1Service>? change = null)
    {
        var service = new V1Service
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = Namespace },
            Spec = new V1ServiceSpec
            {
                Type = "ClusterIP",
                ClusterIP = clusterIp,
                ClusterIPs = [clusterIp],
                Ports = [new V1ServicePort { Port = port, Protocol = "TCP" }],
            },
        };
        change?.Invoke(service);
        return service;
    }

    /// <summary>A slice of ready endpoints for a Service's one TCP port.</summary>
    public static V1EndpointSlice Slice(string service, int port, params IEnumerable<IPAddress> addresses)
        => new()
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{service}-slice",
                NamespaceProperty = Namespace,
                Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = service },
            },
            AddressType = "IPv4",
            Ports = [new Discoveryv1EndpointPort { Port = port, Protocol = "TCP", Name = "" }],
            Endpoints = [.. addresses.Select(static address => Endpoint(address.ToString()))],
        };

    public static V1Endpoint Endpoint(string address, bool ready = true, string? node = null)
        => new()
        {
            Addresses = [address],
            NodeName = node,
            Conditions = new V1EndpointConditions { Ready = ready, Serving = ready, Terminating = false },
        };
}
