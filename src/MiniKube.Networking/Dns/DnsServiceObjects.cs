using System.Net;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>
/// The Service <c>kube-system/kube-dns</c>: holds the address that every node answers itself, and tells programs where names are
/// asked for.
/// </summary>
public static class DnsServiceObjects
{
    /// <summary>The usual label of a Service that proxies leave to somebody else; each node's DNS server is this somebody.</summary>
    internal const string ProxyNameLabel = "service.kubernetes.io/service-proxy-name";

    private const string Port = "dns";
    private const string TcpPort = "dns-tcp";
    private const string ProxyName = "minikube-dns";
    private const int Number = 53;
    private static readonly ObjectKey Key = new("kube-system", "kube-dns");

    /// <summary>
    /// Makes the Service and its slice, or brings them up to date; null as the address takes away what this method made. A Service
    /// of that name that somebody else made is left alone.
    /// </summary>
    /// <exception cref="ApiException">The address belongs to another Service.</exception>
    public static async Task EnsureAsync(IApiClient client, IPAddress? address, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(client);
        var present = await client.FindAsync<V1Service>(Key, cancellationToken);
        if (present is not null && !IsOurs(present))
        {
            return;
        }

        // A cluster IP cannot be changed.
        if (present is not null && present.Spec.ClusterIP != address?.ToString())
        {
            await client.DeleteAsync<V1Service>(Key, null, cancellationToken);
            present = null;
        }

        if (address is not null && present is null)
        {
            await client.CreateAsync(Service(address), cancellationToken);
        }

        await EnsureSliceAsync(client, address, cancellationToken);
    }

    /// <summary>True for Services that no proxy carries, since somebody answers at their addresses.</summary>
    internal static bool IsLeftAlone(V1Service service) => service.Metadata.Labels?.ContainsKey(ProxyNameLabel) == true;

    private static async Task EnsureSliceAsync(IApiClient client, IPAddress? address, CancellationToken cancellationToken)
    {
        var present = await client.FindAsync<V1EndpointSlice>(Key, cancellationToken);
        if (present is not null && present.Endpoints is [{ Addresses: [var led] }] && led == address?.ToString())
        {
            return;
        }

        if (present is not null)
        {
            await client.DeleteAsync<V1EndpointSlice>(Key, null, cancellationToken);
        }

        if (address is not null)
        {
            await client.CreateAsync(Slice(address), cancellationToken);
        }
    }

    private static bool IsOurs(V1Service service)
        => service.Metadata.Labels is { } labels && labels.TryGetValue(ProxyNameLabel, out var name) && name == ProxyName;

    private static V1Service Service(IPAddress address) => new()
    {
        ApiVersion = "v1",
        Kind = "Service",
        Metadata = Metadata(new()
        {
            // Tools look for the DNS of a cluster by this label.
            ["k8s-app"] = "kube-dns",
            ["kubernetes.io/cluster-service"] = "true",
            ["kubernetes.io/name"] = "MiniKubeDNS",
            [ProxyNameLabel] = ProxyName,
        }),
        Spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = address.ToString(),
            Ports =
            [
                new V1ServicePort { Name = Port, Port = Number, TargetPort = Number, Protocol = "UDP" },
                new V1ServicePort { Name = TcpPort, Port = Number, TargetPort = Number, Protocol = "TCP" },
            ],
        },
    };

    // The address leads to the node of whoever asks, wherever that is.
    private static V1EndpointSlice Slice(IPAddress address) => new()
    {
        ApiVersion = "discovery.k8s.io/v1",
        Kind = "EndpointSlice",
        Metadata = Metadata(new() { ["kubernetes.io/service-name"] = Key.Name }),
        AddressType = "IPv4",
        Endpoints =
        [
            new V1Endpoint { Addresses = [address.ToString()], Conditions = new V1EndpointConditions { Ready = true } },
        ],
        Ports =
        [
            new Discoveryv1EndpointPort { Name = Port, Port = Number, Protocol = "UDP" },
            new Discoveryv1EndpointPort { Name = TcpPort, Port = Number, Protocol = "TCP" },
        ],
    };

    private static V1ObjectMeta Metadata(Dictionary<string, string> labels) => new()
    {
        Name = Key.Name,
        NamespaceProperty = Key.Namespace,
        Labels = labels,
    };
}
