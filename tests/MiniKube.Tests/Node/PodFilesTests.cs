using System.Net;
using k8s.Models;
using MiniKube.Client;
using MiniKube.Node;
using MiniKube.Testing;

namespace MiniKube.Tests;

public sealed class PodFilesTests
{
    private const string OfHost = "nameserver 192.0.2.53\nsearch example.org\noptions edns0\n";

    private readonly NodeOptions _options = new()
    {
        NodeName = "node-1",
        Address = new NodeAddress(IPAddress.Parse("192.0.2.10")),
        DataDirectory = "/nowhere",
        Version = "v1",
        ClusterDns = IPAddress.Parse("10.43.0.10"),
    };

    [Test]
    public void Names_are_asked_of_the_cluster_first()
        => Assert.That(
            PodFiles.ResolvConfOf(PodViews.Pod(), OfHost, _options),
            Is.EqualTo(
                "nameserver 10.43.0.10\n"
                + "search default.svc.cluster.local svc.cluster.local cluster.local example.org\n"
                + "options ndots:5\n"));

    [Test]
    public void A_cluster_without_DNS_leaves_the_nodes_own()
        => Assert.That(PodFiles.ResolvConfOf(PodViews.Pod(), OfHost, _options with { ClusterDns = null }), Is.EqualTo(OfHost));

    [TestCase("Default", false, "192.0.2.53"), TestCase("ClusterFirst", true, "192.0.2.53")]
    [TestCase("ClusterFirstWithHostNet", true, "10.43.0.10"), TestCase("ClusterFirst", false, "10.43.0.10")]
    public void The_policy_decides_who_is_asked(string policy, bool hostNetwork, string server)
    {
        var pod = PodViews.Pod(change: item =>
        {
            item.Spec.DnsPolicy = policy;
            item.Spec.HostNetwork = hostNetwork;
        });

        Assert.That(PodFiles.ResolvConfOf(pod, OfHost, _options), Does.StartWith($"nameserver {server}\n"));
    }

    [Test]
    public void A_pod_can_bring_all_of_it_itself()
    {
        var pod = PodViews.Pod(change: item =>
        {
            item.Spec.DnsPolicy = "None";
            item.Spec.DnsConfig = new V1PodDNSConfig
            {
                Nameservers = ["198.51.100.1"],
                Searches = ["a.example"],
                Options = [new V1PodDNSConfigOption { Name = "ndots", Value = "2" }, new V1PodDNSConfigOption { Name = "rotate" }],
            };
        });

        Assert.That(
            PodFiles.ResolvConfOf(pod, OfHost, _options),
            Is.EqualTo("nameserver 198.51.100.1\nsearch a.example\noptions ndots:2 rotate\n"));
    }

    [Test]
    public void Hosts_names_the_pod_its_subdomain_and_the_aliases()
    {
        var pod = PodViews.Pod(change: item =>
        {
            item.Spec.Hostname = "db-0";
            item.Spec.Subdomain = "db";
            item.Spec.HostAliases = [new V1HostAlias { Ip = "203.0.113.5", Hostnames = ["one", "two"] }];
        });

        var hosts = PodFiles.HostsOf(pod, IPAddress.Parse("10.42.0.9"), _options);

        Assert.That(hosts, Does.Contain("10.42.0.9\tdb-0.db.default.svc.cluster.local\tdb-0\n"));
        Assert.That(hosts, Does.EndWith("203.0.113.5\tone\ttwo\n"));
    }

    [Test]
    public void A_long_name_is_cut_to_what_Linux_takes()
    {
        var pod = PodViews.Pod(change: item => item.Metadata.Name = new string('a', 62) + "-b");

        Assert.That(SandboxSpecs.HostnameOf(pod), Is.EqualTo(new string('a', 62)));
    }
}
