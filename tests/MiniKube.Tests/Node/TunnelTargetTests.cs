using System.Net;
using MiniKube.Node;

namespace MiniKube.Tests;

public sealed class TunnelTargetTests
{
    private static readonly IPNetwork Pods = IPNetwork.Parse("10.42.1.0/24");

    [TestCase("kubelet", "127.0.0.1:10250")]
    [TestCase("10.42.1.7:8080", "10.42.1.7:8080")]
    public void The_nodes_endpoint_and_its_pods_may_be_reached(string asked, string expected)
        => Assert.That(TunnelTargets.Find(asked, 10250, Pods, out _)?.ToString(), Is.EqualTo(expected));

    [TestCase("10.42.2.7:80")]
    [TestCase("192.168.1.1:22")]
    [TestCase("127.0.0.1:10250")]
    [TestCase("169.254.169.254:80")]
    [TestCase("[::1]:80")]
    public void Nothing_else_of_the_agents_network_may(string asked)
    {
        Assert.That(TunnelTargets.Find(asked, 10250, Pods, out var refusal), Is.Null);
        Assert.That(refusal, Does.Contain("leads to nothing else"));
    }

    [TestCase("")]
    [TestCase("10.42.1.7")]
    [TestCase("web:80")]
    [TestCase(null)]
    public void What_is_no_address_is_refused(string? asked)
    {
        Assert.That(TunnelTargets.Find(asked, 10250, Pods, out var refusal), Is.Null);
        Assert.That(refusal, Does.Contain("no address and port"));
    }

    [Test]
    public void Before_the_node_has_addresses_no_pod_may_be_reached()
        => Assert.That(TunnelTargets.Find("10.42.1.7:80", 10250, podAddresses: null, out _), Is.Null);

    [Test]
    public void Before_the_node_listens_it_cannot_be_reached()
        => Assert.That(TunnelTargets.Find("kubelet", 0, Pods, out _), Is.Null);
}
