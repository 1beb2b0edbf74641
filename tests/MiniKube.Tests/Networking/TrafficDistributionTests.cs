using System.Net;
using System.Text;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>Which endpoints a node prefers, which ways in are external, and what health checks say.</summary>
public sealed class TrafficDistributionTests
{
    private static readonly NodePlace Place = new("this-node", "here");

    private readonly V1Service _service = ServiceObjects.Service("web", "10.43.0.7", 80);
    private readonly V1EndpointSlice _slice = ServiceObjects.Slice(
        "web", 8080, IPAddress.Parse("10.42.0.2"), IPAddress.Parse("10.42.0.3"));

    private string Chosen => string.Join(
        ' ', ServicePlanner.Plan(_service, [_slice], Place)[0].Endpoints.Select(one => one.Address.ToString()));

    [Test]
    public void Endpoints_meant_for_the_nodes_zone_are_preferred()
    {
        Hint(0, zone: "here");
        Assert.That(Chosen, Is.EqualTo("10.42.0.2 10.42.0.3"), "not every endpoint has a hint yet");

        Hint(1, zone: "there");
        Assert.That(Chosen, Is.EqualTo("10.42.0.2"));

        Hint(0, zone: "there");
        Assert.That(Chosen, Is.EqualTo("10.42.0.2 10.42.0.3"), "none is meant for this zone");
    }

    [Test]
    public void Endpoints_meant_for_the_node_itself_come_before_those_of_its_zone()
    {
        Hint(0, zone: "here", node: "this-node");
        Hint(1, zone: "here", node: "other-node");
        Assert.That(Chosen, Is.EqualTo("10.42.0.2"));

        Hint(0, zone: "here", node: "third-node");
        Assert.That(Chosen, Is.EqualTo("10.42.0.2 10.42.0.3"));
    }

    [Test]
    public void External_ways_in_are_the_load_balancers_addresses_external_ones_and_node_ports()
    {
        _service.Spec.Type = "LoadBalancer";
        _service.Spec.ExternalIPs = ["203.0.113.7", "192.0.2.1"];
        _service.Spec.Ports[0].NodePort = 30080;
        _service.Spec.LoadBalancerSourceRanges = ["198.51.100.0/24"];
        _service.Status = new V1ServiceStatus
        {
            LoadBalancer = new V1LoadBalancerStatus
            {
                Ingress =
                [
                    new V1LoadBalancerIngress { Ip = "192.0.2.1", IpMode = "VIP" },
                    new V1LoadBalancerIngress { Ip = "192.0.2.9", IpMode = "Proxy" },
                ],
            },
        };

        var plans = ServicePlanner.Plan(_service, [_slice], Place);

        Assert.That(
            plans.Select(plan => $"{plan.Address} {plan.IsExternal} {plan.Masquerade} {plan.Sources.Length}"),
            Is.EqualTo(new[]
            {
                "10.43.0.7:80/TCP False False 0",
                "192.0.2.1:80/TCP True True 1",
                "203.0.113.7:80/TCP True True 0",
                "0.0.0.0:30080/TCP True True 0",
            }));
    }

    [Test]
    public void Policy_Local_keeps_the_clients_address_outside_and_counts_endpoints_for_health_checks()
    {
        _service.Spec.Type = "LoadBalancer";
        _service.Spec.ExternalTrafficPolicy = "Local";
        _service.Spec.HealthCheckNodePort = 31999;
        _service.Spec.Ports[0].NodePort = 30080;
        _slice.Endpoints[0].NodeName = "this-node";
        _slice.Endpoints[1].NodeName = "other-node";

        var external = ServicePlanner.Plan(_service, [_slice], Place).Single(plan => plan.IsExternal);

        Assert.That(external.Masquerade, Is.False);
        Assert.That(external.Endpoints.Single().Address.ToString(), Is.EqualTo("10.42.0.2"));
        Assert.That(ServicePlanner.PlanHealth(_service, [_slice], Place), Is.EqualTo(new HealthCheckPlan(31999, 1)));
    }

    [Test]
    public void Health_checks_are_answered_in_the_words_of_kube_proxy()
    {
        var body = Encoding.UTF8.GetString(HealthCheckServers.Body(new ObjectKey("shop", "web"), 2));

        Assert.That(
            string.Concat(body.Where(one => !char.IsWhiteSpace(one))),
            Is.EqualTo("""{"service":{"namespace":"shop","name":"web"},"localEndpoints":2,"serviceProxyHealthy":true}"""));
    }

    private void Hint(int endpoint, string zone, string? node = null)
        => _slice.Endpoints[endpoint].Hints = new V1EndpointHints
        {
            ForZones = [new V1ForZone { Name = zone }],
            ForNodes = node is null ? null : [new V1ForNode { Name = node }],
        };
}
