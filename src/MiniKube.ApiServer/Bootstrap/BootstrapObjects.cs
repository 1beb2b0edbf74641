using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// What every cluster has from its first second: the system namespaces, and the <c>kubernetes</c> Service with
/// endpoints that lead to this server. Made when missing, brought up to date at every start, so a new address of the
/// machine breaks nothing.
/// </summary>
internal sealed class BootstrapObjects(ApiPipeline pipeline, ApiServerOptions options, IPEndPoint server)
{
    private const string ServiceName = "kubernetes";
    private const string PortName = "https";
    private const string ManagedSliceLabel = "kubernetes.io/service-name";

    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    // On a machine without a network the only address is the loopback one, which nobody but the server may write into
    // endpoints.
    private static readonly WriteOptions Trusted = new() { SkipsValidation = true };

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        // All at once: each create waits for the disk, and they can wait together.
        await Task.WhenAll(Namespaces.Select(name => EnsureAsync(
            new V1Namespace { Metadata = new V1ObjectMeta { Name = name } }, Keep, cancellationToken)));
        await Task.WhenAll(PriorityClassRules.SystemClasses.Select(
            one => EnsureAsync(SystemClass(one.Key, one.Value), Keep, cancellationToken)));
        await Task.WhenAll(
            EnsureAsync(Service(), Keep, cancellationToken),
            EnsureAsync(Endpoints(), static (old, wanted) => old.Subsets = wanted.Subsets, cancellationToken),
            EnsureAsync(Slice(), UpdateSlice, cancellationToken));
    }

    private static void Keep<T>(T old, T wanted)
    {
    }

    private static void UpdateSlice(V1EndpointSlice old, V1EndpointSlice wanted)
    {
        old.Endpoints = wanted.Endpoints;
        old.Ports = wanted.Ports;
    }

    private async Task EnsureAsync<T>(T wanted, Action<T, T> bringUpToDate, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = pipeline.Resources.Get(typeof(T));
        wanted.ApiVersion = definition.Gvk.ApiVersion;
        wanted.Kind = definition.Gvk.Kind;
        var key = wanted.Key();
        var request = new ResourceRequest(UserInfo.ApiServer, Verb.Create, definition, key.Namespace, key.Name);
        if (pipeline.Store.Find(request.Key) is null)
        {
            await pipeline.CreateAsync(request, wanted, Trusted, cancellationToken);
            return;
        }

        ObjectChange change = current =>
        {
            var present = (T)definition.Decode(current.Json.Span);
            bringUpToDate(present, wanted);
            return present;
        };
        await pipeline.UpdateAsync(
            request with { Verb = Verb.Update }, change, UpdateStrategy.Verbatim, WriteOptions.Default, cancellationToken);
    }

    private static V1PriorityClass SystemClass(string name, int value) => new()
    {
        Metadata = new V1ObjectMeta { Name = name },
        Value = value,
        Description = name == "system-node-critical"
            ? "Used for system critical pods that must not be moved from their current node."
            : "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
    };

    private static V1ObjectMeta Metadata() => new()
    {
        Name = ServiceName,
        NamespaceProperty = "default",
        Labels = new Dictionary<string, string> { ["component"] = "apiserver", ["provider"] = "kubernetes" },
    };

    private V1Service Service() => new()
    {
        Metadata = Metadata(),
        Spec = new V1ServiceSpec
        {
            Type = "ClusterIP",
            ClusterIP = ServerNames.ServiceAddress(options.ServiceCidr).ToString(),
            Ports = [new V1ServicePort { Name = PortName, Port = 443, TargetPort = PortText(), Protocol = "TCP" }],
        },
    };

    private string PortText() => server.Port.ToString(CultureInfo.InvariantCulture);

    private V1Endpoints Endpoints()
    {
        var metadata = Metadata();
        // The slice below is made here too: nobody else should mirror these endpoints into another one.
        metadata.Labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" };
        return new V1Endpoints
        {
            Metadata = metadata,
            Subsets =
            [
                new V1EndpointSubset
                {
                    Addresses = [new V1EndpointAddress { Ip = server.Address.ToString() }],
                    Ports = [new Corev1EndpointPort { Name = PortName, Port = server.Port, Protocol = "TCP" }],
                },
            ],
        };
    }

    private V1EndpointSlice Slice()
    {
        var metadata = Metadata();
        metadata.Labels = new Dictionary<string, string> { [ManagedSliceLabel] = ServiceName };
        return new V1EndpointSlice
        {
            Metadata = metadata,
            AddressType = "IPv4",
            Endpoints =
            [
                new V1Endpoint
                {
                    Addresses = [server.Address.ToString()],
                    Conditions = new V1EndpointConditions { Ready = true },
                },
            ],
            Ports = [new Discoveryv1EndpointPort { Name = PortName, Port = server.Port, Protocol = "TCP" }],
        };
    }
}
