using System.Net;
using k8s.Models;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class OverlayPlannerTests
{
    private static readonly NodeNetworkOptions Options = new()
    {
        NodeName = "here",
        InstanceName = "mk-12345678",
        StateDirectory = "/nowhere",
        ClusterCidr = IPNetwork.Parse("10.42.0.0/16"),
        Address = new NodeAddress(IPAddress.Parse("192.168.1.1")),
    };

    // eth0 with its network, and a default route over a router.
    private static readonly MachineView Machine = new(
        [new Link(2, "eth0", "", IsUp: true, MasterIndex: 0, Mtu: 1_500)],
        [new LinkAddress(2, IPAddress.Parse("192.168.1.1"), 24)],
        [
            Route("192.168.1.0/24", null),
            Route("0.0.0.0/0", "192.168.1.254"),
        ]);

    [Test]
    public void Every_other_node_gets_a_route_a_neighbour_and_a_forwarding_entry()
    {
        var plan = Plan(Options, Peer("b", 1, "192.168.1.2"), Peer("here", 0, "192.168.1.1"), Peer("c", 2, "192.168.1.3"));

        Assert.That(plan.Routes.Select(route => $"{route.Destination} {route.Gateway} {route.LinkIndex}"), Is.EqualTo(new[]
        {
            "10.42.1.0/24 10.42.1.1 0", "10.42.2.0/24 10.42.2.1 0",
        }));
        Assert.That(plan.Neighbours.Select(one => $"{one.Address} {one.HardwareAddress}"), Is.EqualTo(new[]
        {
            "10.42.1.1 0a:5a:0a:2a:01:01", "10.42.2.1 0a:5a:0a:2a:02:01",
        }));
        Assert.That(plan.Forwarding.Select(one => $"{one.HardwareAddress} {one.Machine}"), Is.EqualTo(new[]
        {
            "0a:5a:0a:2a:01:01 192.168.1.2", "0a:5a:0a:2a:02:01 192.168.1.3",
        }));
        Assert.That(plan.Problems, Is.Empty);
    }

    [Test]
    public void The_device_leaves_room_for_its_headers_and_has_the_address_of_the_bridge()
    {
        var plan = Plan(Options, Peer("b", 1, "192.168.1.2"));

        Assert.That(plan.Device, Is.EqualTo(new VxlanSpec(
            "mk-12345678v", 1, 8472, HardwareAddress.TryParse("0a:5a:0a:2a:00:01")!.Value, 1_450)));
        Assert.That(plan.DeviceAddress, Is.EqualTo(IPAddress.Parse("10.42.0.1")));
    }

    [Test]
    public void A_node_alone_needs_no_device()
        => Assert.That(Plan(Options, Peer("here", 0, "192.168.1.1")).Device, Is.Null);

    [Test]
    public void A_node_that_has_announced_nothing_yet_is_waited_for_without_a_word()
    {
        var plan = Plan(Options, PeerNode.Of(NodeObjects.Node("b", "10.42.1.0/24", "192.168.1.2"))!);

        Assert.That(plan.Routes, Is.Empty);
        Assert.That(plan.Problems, Is.Empty);
    }

    [TestCase(1, "192.168.1.1", "NodeIPTaken")]
    [TestCase(1, "10.42.7.7", "NodeIPInClusterCIDR")]
    [TestCase(0, "192.168.1.2", "PodCIDRTaken")]
    public void A_node_that_cannot_be_told_apart_is_left_out_with_a_reason(int third, string address, string reason)
    {
        var plan = Plan(Options, Peer("b", third, address), Peer("c", 2, "192.168.1.3"));

        Assert.That(plan.Routes.Select(route => $"{route.Destination}"), Is.EqualTo(new[] { "10.42.2.0/24" }));
        Assert.That(plan.Problems.Select(problem => problem.Reason), Is.EqualTo(new[] { reason }));
    }

    [Test]
    public void Two_nodes_with_the_same_pod_addresses_are_told()
        => Assert.That(
            Plan(Options, Peer("b", 1, "192.168.1.2"), Peer("c", 1, "192.168.1.3")).Problems.Single().Message,
            Does.StartWith("node c has pod addresses 10.42.1.0/24"));

    [Test]
    public void A_node_with_another_backend_is_told()
        => Assert.That(
            Plan(Options with { Backend = NetworkBackend.HostGateway }, Peer("b", 1, "192.168.1.2")).Problems.Single().Reason,
            Is.EqualTo("BackendDiffers"));

    [Test]
    public void With_host_gw_the_other_node_is_the_gateway()
    {
        var plan = Plan(
            Options with { Backend = NetworkBackend.HostGateway }, Peer("b", 1, "192.168.1.2", NetworkBackend.HostGateway));

        Assert.That(plan.Routes.Single(), Is.EqualTo(
            new PlannedRoute(IPNetwork.Parse("10.42.1.0/24"), IPAddress.Parse("192.168.1.2"), LinkIndex: 2)));
        Assert.That(plan.Device, Is.Null);
    }

    [Test]
    public void With_host_gw_a_node_behind_a_router_is_refused_naming_the_router()
    {
        var plan = Plan(
            Options with { Backend = NetworkBackend.HostGateway }, Peer("b", 1, "172.16.0.2", NetworkBackend.HostGateway));

        Assert.That(plan.Routes, Is.Empty);
        Assert.That(plan.Problems.Single().Reason, Is.EqualTo("NextHopNotOnSegment"));
        Assert.That(plan.Problems.Single().Message, Does.Contain("192.168.1.254").And.Contain("--network-backend vxlan"));
    }

    [Test]
    public void Without_a_backend_nothing_is_planned()
        => Assert.That(
            Plan(Options with { Backend = NetworkBackend.None }, Peer("b", 1, "192.168.1.2")), Is.SameAs(OverlayPlan.Nothing));

    [Test]
    public void Annotations_are_read_before_the_node_s_own_address()
    {
        var node = NodeObjects.Node("b", "10.42.1.0/24", "10.0.0.1");
        node.Metadata.Annotations = new Dictionary<string, string>
        {
            ["minikube.io/public-ip"] = "203.0.113.9",
            ["minikube.io/backend"] = "vxlan",
            ["minikube.io/vtep-mac"] = "0a:5a:0a:2a:01:01",
        };

        var peer = PeerNode.Of(node)!;

        Assert.That(peer.Address, Is.EqualTo(IPAddress.Parse("203.0.113.9")));
        Assert.That(peer.Backend, Is.EqualTo(NetworkBackend.Vxlan));
        Assert.That(peer.HardwareAddress, Is.EqualTo(PeerNode.HardwareAddressOf(peer.PodCidr)));
    }

    [TestCase(null, "10.0.0.1")]
    [TestCase("10.42.1.0/24", null)]
    [TestCase("fd00::/64", "10.0.0.1")]
    public void A_node_without_an_IPv4_place_in_the_network_is_none(string? podCidr, string? address)
        => Assert.That(PeerNode.Of(NodeObjects.Node("b", podCidr, address)), Is.Null);

    [TestCase("0a:5a:0a:2a:01", ExpectedResult = null)]
    [TestCase("0a:5a:0a:2a:01:zz", ExpectedResult = null)]
    [TestCase(null, ExpectedResult = null)]
    [TestCase("0A:5a:0a:2a:01:01", ExpectedResult = "0a:5a:0a:2a:01:01")]
    public string? Hardware_addresses_are_read_strictly(string? text) => HardwareAddress.TryParse(text)?.ToString();

    [TestCase("10.42.3.0/24", "eth1", ExpectedResult = true)]
    [TestCase("10.42.0.0/16", "eth1", ExpectedResult = true)]
    [TestCase("10.0.0.0/8", "eth1", ExpectedResult = false, Description = "larger: goes on working but for the range")]
    [TestCase("10.43.0.0/16", "eth1", ExpectedResult = false)]
    [TestCase("10.42.0.0/24", "mk-12345678", ExpectedResult = false, Description = "the instance's own bridge")]
    public bool A_network_of_the_machine_inside_the_cluster_s_is_a_conflict(string network, string link)
    {
        var machine = Machine with
        {
            Links = [.. Machine.Links, new Link(3, link, "", IsUp: true, MasterIndex: 0, Mtu: 1_500)],
            Routes = [.. Machine.Routes, Route(network, null) with { LinkIndex = 3 }],
        };

        return HostConflict.Find(machine, Options.ClusterCidr, Options.InstanceName) is not null;
    }

    [Test]
    public void The_node_s_address_stays_while_the_machine_has_it_and_else_follows_the_default_route()
    {
        var moved = Machine with { Addresses = [new LinkAddress(2, IPAddress.Parse("192.168.1.77"), 24)] };

        Assert.That(Machine.NodeIpAfter(Options.Address.Current, static _ => false), Is.EqualTo(Options.Address.Current));
        Assert.That(moved.NodeIpAfter(Options.Address.Current, static _ => false), Is.EqualTo(IPAddress.Parse("192.168.1.77")));
        var after = moved.NodeIpAfter(Options.Address.Current, static _ => true);
        Assert.That(after, Is.EqualTo(Options.Address.Current), "no other is there yet");
    }

    private static OverlayPlan Plan(NodeNetworkOptions options, params PeerNode[] nodes)
        => OverlayPlanner.Plan(options, IPNetwork.Parse("10.42.0.0/24"), options.Address.Current, nodes, Machine);

    private static PeerNode Peer(string name, int third, string address)
        => Peer(name, third, address, NetworkBackend.Vxlan);

    private static PeerNode Peer(string name, int third, string address, NetworkBackend backend)
    {
        var cidr = IPNetwork.Parse($"10.42.{third}.0/24");
        return new PeerNode(name, cidr, IPAddress.Parse(address), backend, PeerNode.HardwareAddressOf(cidr), IsReady: true);
    }

    private static RouteSpec Route(string destination, string? gateway)
        => new(
            IPNetwork.Parse(destination), 2, gateway is null ? null : IPAddress.Parse(gateway), RouteKind.Unicast, RouteTable.Main,
            RouteScope.Universe);
}
