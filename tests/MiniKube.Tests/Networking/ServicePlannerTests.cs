using System.Net;
using k8s.Models;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class ServicePlannerTests
{
    private const string NodeName = "this-node";

    private static readonly NodePlace Node = new(NodeName, Zone: null);

    private readonly V1Service _service = ServiceObjects.Service("web", "10.43.0.7", 80);
    private readonly V1EndpointSlice _slice = ServiceObjects.Slice(
        "web", 8080, IPAddress.Parse("10.42.0.3"), IPAddress.Parse("10.42.0.2"));

    private string[] Planned
        => [.. ServicePlanner.Plan(_service, [_slice], Node).Select(plan => $"{plan.Address} -> {string.Join(' ', plan.Endpoints)}")];

    [Test]
    public void A_cluster_ip_leads_to_the_port_on_the_pods()
        => Assert.That(Planned, Is.EqualTo(new[] { "10.43.0.7:80/TCP -> 10.42.0.2:8080 10.42.0.3:8080" }));

    [Test]
    public void A_node_port_leads_there_from_every_address()
    {
        _service.Spec.Ports[0].NodePort = 30080;

        Assert.That(Planned[1], Is.EqualTo("0.0.0.0:30080/TCP -> 10.42.0.2:8080 10.42.0.3:8080"));
    }

    [Test]
    public void Headless_services_and_external_names_have_no_way_in()
    {
        _service.Spec.ClusterIP = "None";
        _service.Spec.ClusterIPs = ["None"];
        Assert.That(Planned, Is.Empty);

        _service.Spec.Type = "ExternalName";
        _service.Spec.ClusterIP = null;
        _service.Spec.ClusterIPs = null;
        Assert.That(Planned, Is.Empty);
    }

    [Test]
    public void Ports_are_matched_by_name_and_protocol()
    {
        _service.Spec.Ports =
        [
            new V1ServicePort { Name = "dns", Port = 53, Protocol = "UDP" },
            new V1ServicePort { Name = "dns-tcp", Port = 53, Protocol = "TCP" },
            new V1ServicePort { Name = "metrics", Port = 9153, Protocol = "TCP" },
        ];
        _slice.Ports =
        [
            new Discoveryv1EndpointPort { Name = "dns", Port = 5300, Protocol = "UDP" },
            new Discoveryv1EndpointPort { Name = "dns-tcp", Port = 5301, Protocol = "TCP" },
        ];
        _slice.Endpoints = [ServiceObjects.Endpoint("10.42.0.2")];

        Assert.That(Planned, Is.EqualTo(new[]
        {
            "10.43.0.7:53/UDP -> 10.42.0.2:5300",
            "10.43.0.7:53/TCP -> 10.42.0.2:5301",
            "10.43.0.7:9153/TCP -> ",
        }));
    }

    [Test]
    public void Endpoints_that_are_not_ready_are_left_out()
    {
        _slice.Endpoints[0].Conditions.Ready = false;

        Assert.That(Planned, Is.EqualTo(new[] { "10.43.0.7:80/TCP -> 10.42.0.2:8080" }));
    }

    [Test]
    public void Unknown_readiness_counts_as_ready()
    {
        _slice.Endpoints[0].Conditions = null;
        _slice.Endpoints[1].Conditions.Ready = null;

        Assert.That(Planned[0], Does.EndWith("10.42.0.2:8080 10.42.0.3:8080"));
    }

    [Test]
    public void Terminating_endpoints_that_serve_are_the_last_resort()
    {
        foreach (var endpoint in _slice.Endpoints)
        {
            endpoint.Conditions = new V1EndpointConditions { Ready = false, Serving = true, Terminating = true };
        }

        _slice.Endpoints[0].Conditions.Serving = false;
        Assert.That(Planned[0], Does.EndWith("-> 10.42.0.2:8080"));

        _slice.Endpoints.Add(ServiceObjects.Endpoint("10.42.0.9"));
        Assert.That(Planned[0], Does.EndWith("-> 10.42.0.9:8080"));
    }

    [Test]
    public void Policy_Local_takes_endpoints_of_this_node_only()
    {
        _service.Spec.Ports[0].NodePort = 30080;
        _service.Spec.InternalTrafficPolicy = "Local";
        _slice.Endpoints[0].NodeName = NodeName;
        _slice.Endpoints[1].NodeName = "other-node";

        Assert.That(Planned, Is.EqualTo(new[]
        {
            "10.43.0.7:80/TCP -> 10.42.0.3:8080",
            "0.0.0.0:30080/TCP -> 10.42.0.2:8080 10.42.0.3:8080",
        }));
    }

    [Test]
    public void Client_affinity_lasts_three_hours_unless_configured()
    {
        _service.Spec.SessionAffinity = "ClientIP";
        Assert.That(ServicePlanner.Plan(_service, [_slice], Node)[0].Affinity, Is.EqualTo(TimeSpan.FromHours(3)));

        var minute = new V1ClientIPConfig { TimeoutSeconds = 60 };
        _service.Spec.SessionAffinityConfig = new V1SessionAffinityConfig { ClientIP = minute };
        Assert.That(ServicePlanner.Plan(_service, [_slice], Node)[0].Affinity, Is.EqualTo(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public void Endpoints_of_several_slices_come_together_once_each()
    {
        var second = ServiceObjects.Slice("web", 8080, IPAddress.Parse("10.42.0.2"), IPAddress.Parse("10.42.1.2"));
        var six = ServiceObjects.Slice("web", 8080, IPAddress.Parse("fd00::1"));
        six.AddressType = "IPv6";

        var plan = ServicePlanner.Plan(_service, [_slice, second, six], Node)[0];

        Assert.That(
            plan.Endpoints.Select(endpoint => endpoint.Address.ToString()),
            Is.EqualTo(new[] { "10.42.0.2", "10.42.0.3", "10.42.1.2" }));
    }
}
