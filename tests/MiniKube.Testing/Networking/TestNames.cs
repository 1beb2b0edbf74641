using System.Net;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Networking;

namespace MiniKube.Testing;

/// <summary>A directory of names of a small cluster, made from Services and slices.</summary>
internal sealed class TestNames
{
    public TestNames()
    {
        Directory.ChangeNamespace("default", exists: true);
        Directory.ChangeNamespace("empty", exists: true);
        Answerer = new ClusterAnswerer(Zone, Directory);
    }

    public NameDirectory Directory { get; } = new();

    public ClusterZone Zone { get; } = new(
        "cluster.local", IPAddress.Parse("10.43.0.10"), [IPNetwork.Parse("10.43.0.0/16"), IPNetwork.Parse("10.42.0.0/16")]);

    public ClusterAnswerer Answerer { get; }

    public void Put(V1Service service, params IEnumerable<V1EndpointSlice> slices)
        => Directory.Change(
            new ObjectKey(service.Metadata.NamespaceProperty, service.Metadata.Name), ServiceNamesPlanner.Plan(service, slices));

    /// <summary>A Service without a cluster IP, with one named port.</summary>
    public static V1Service Headless(string name, Action<V1Service>? change = null)
        => ServiceObjects.Service(name, "None", 80, service =>
        {
            service.Spec.Ports[0].Name = "http";
            change?.Invoke(service);
        });

    /// <summary>Another name for a name.</summary>
    public static V1Service External(string name, string target)
        => new()
        {
            Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ServiceObjects.Namespace },
            Spec = new V1ServiceSpec { Type = "ExternalName", ExternalName = target },
        };

    /// <summary>A slice whose one port is named.</summary>
    public static V1EndpointSlice Slice(string service, string portName, int port, params IEnumerable<V1Endpoint> endpoints)
    {
        var slice = ServiceObjects.Slice(service, port);
        slice.Ports[0].Name = portName;
        slice.Endpoints = [.. endpoints];
        return slice;
    }

    /// <summary>An endpoint whose pod has a host name.</summary>
    public static V1Endpoint Endpoint(string address, string? hostname = null, bool ready = true)
    {
        var endpoint = ServiceObjects.Endpoint(address, ready);
        endpoint.Hostname = hostname;
        return endpoint;
    }
}
