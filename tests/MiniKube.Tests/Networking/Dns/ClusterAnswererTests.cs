using k8s.Models;
using Makaretu.Dns;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The DNS specification of Kubernetes, line by line: question and directory in, answer out.</summary>
public sealed class ClusterAnswererTests
{
    private const string Soa = "SOA cluster.local";

    private readonly TestNames _names = new();

    public ClusterAnswererTests()
    {
        _names.Put(ServiceObjects.Service("web", "10.43.0.7", 80, service => service.Spec.Ports =
        [
            new V1ServicePort { Name = "http", Port = 80, Protocol = "TCP" },
            new V1ServicePort { Name = "quic", Port = 443, Protocol = "UDP" },
            new V1ServicePort { Port = 9, Protocol = "TCP" },
        ]));
        _names.Put(
            TestNames.Headless("db"),
            TestNames.Slice("db", "http", 8080, TestNames.Endpoint("10.42.0.2", "db-0"), TestNames.Endpoint("10.42.0.3", "db-1")),
            TestNames.Slice("db", "http", 8081, TestNames.Endpoint("10.42.1.4"), TestNames.Endpoint("10.42.1.5", "db-9", ready: false)));
        _names.Put(TestNames.Headless("nobody"), TestNames.Slice("nobody", "http", 80));
        _names.Put(
            TestNames.Headless("early", service => service.Spec.PublishNotReadyAddresses = true),
            TestNames.Slice("early", "http", 80, TestNames.Endpoint("10.42.2.2", "early-0", ready: false)));
        _names.Put(TestNames.External("search", "www.example.com."));
        _names.Put(TestNames.External("same", "web.default.svc.cluster.local"));
        _names.Put(TestNames.External("round", "about.default.svc.cluster.local"));
        _names.Put(TestNames.External("about", "round.default.svc.cluster.local"));
    }

    // 2.2
    [TestCase("dns-version.cluster.local", DnsType.TXT, "NoError: dns-version.cluster.local 28800 IN TXT 1.1.0")]
    // 2.3.1
    [TestCase("web.default.svc.cluster.local", DnsType.A, "NoError: web.default.svc.cluster.local 5 IN A 10.43.0.7")]
    [TestCase("web.default.svc.cluster.local", DnsType.AAAA, "NoError: " + Soa)]
    [TestCase("web.empty.svc.cluster.local", DnsType.A, "NameError: " + Soa)]
    [TestCase("no.default.svc.cluster.local", DnsType.AAAA, "NameError: " + Soa)]
    // 2.3.2
    [TestCase("_http._tcp.web.default.svc.cluster.local", DnsType.SRV,
        "NoError: _http._tcp.web.default.svc.cluster.local 5 IN SRV 0 100 80 web.default.svc.cluster.local"
        + " + web.default.svc.cluster.local 5 IN A 10.43.0.7")]
    [TestCase("_quic._udp.web.default.svc.cluster.local", DnsType.SRV,
        "NoError: _quic._udp.web.default.svc.cluster.local 5 IN SRV 0 100 443 web.default.svc.cluster.local"
        + " + web.default.svc.cluster.local 5 IN A 10.43.0.7")]
    [TestCase("_http._udp.web.default.svc.cluster.local", DnsType.SRV, "NameError: " + Soa)]
    [TestCase("_http._tcp.web.default.svc.cluster.local", DnsType.A, "NoError: " + Soa)]
    [TestCase("_tcp.web.default.svc.cluster.local", DnsType.SRV, "NoError: " + Soa)]
    [TestCase("_sctp.web.default.svc.cluster.local", DnsType.SRV, "NameError: " + Soa)]
    // 2.3.3
    [TestCase("7.0.43.10.in-addr.arpa", DnsType.PTR, "NoError: 7.0.43.10.in-addr.arpa 5 IN PTR web.default.svc.cluster.local")]
    [TestCase("8.0.43.10.in-addr.arpa", DnsType.PTR, "NameError: SOA 43.10.in-addr.arpa")]
    // 2.4.1
    [TestCase("db.default.svc.cluster.local", DnsType.A,
        "NoError: db.default.svc.cluster.local 5 IN A 10.42.0.2 | db.default.svc.cluster.local 5 IN A 10.42.0.3"
        + " | db.default.svc.cluster.local 5 IN A 10.42.1.4")]
    [TestCase("db.default.svc.cluster.local", DnsType.AAAA, "NoError: " + Soa)]
    [TestCase("nobody.default.svc.cluster.local", DnsType.A, "NameError: " + Soa)]
    [TestCase("db-0.db.default.svc.cluster.local", DnsType.A, "NoError: db-0.db.default.svc.cluster.local 5 IN A 10.42.0.2")]
    [TestCase("10-42-1-4.db.default.svc.cluster.local", DnsType.A, "NoError: 10-42-1-4.db.default.svc.cluster.local 5 IN A 10.42.1.4")]
    [TestCase("db-9.db.default.svc.cluster.local", DnsType.A, "NameError: " + Soa)]
    [TestCase("early-0.early.default.svc.cluster.local", DnsType.A, "NoError: early-0.early.default.svc.cluster.local 5 IN A 10.42.2.2")]
    // 2.4.2
    [TestCase("_http._tcp.db.default.svc.cluster.local", DnsType.SRV,
        "NoError: _http._tcp.db.default.svc.cluster.local 5 IN SRV 0 33 8080 db-0.db.default.svc.cluster.local"
        + " | _http._tcp.db.default.svc.cluster.local 5 IN SRV 0 33 8080 db-1.db.default.svc.cluster.local"
        + " | _http._tcp.db.default.svc.cluster.local 5 IN SRV 0 33 8081 10-42-1-4.db.default.svc.cluster.local"
        + " + db-0.db.default.svc.cluster.local 5 IN A 10.42.0.2"
        + " + db-1.db.default.svc.cluster.local 5 IN A 10.42.0.3"
        + " + 10-42-1-4.db.default.svc.cluster.local 5 IN A 10.42.1.4")]
    // 2.4.3
    [TestCase("2.0.42.10.in-addr.arpa", DnsType.PTR, "NoError: 2.0.42.10.in-addr.arpa 5 IN PTR db-0.db.default.svc.cluster.local")]
    [TestCase("5.1.42.10.in-addr.arpa", DnsType.PTR, "NameError: SOA 42.10.in-addr.arpa")]
    // 2.5
    [TestCase("search.default.svc.cluster.local", DnsType.A,
        "NoError: search.default.svc.cluster.local 5 IN CNAME www.example.com > www.example.com")]
    [TestCase("search.default.svc.cluster.local", DnsType.CNAME, "NoError: search.default.svc.cluster.local 5 IN CNAME www.example.com")]
    [TestCase("same.default.svc.cluster.local", DnsType.A,
        "NoError: same.default.svc.cluster.local 5 IN CNAME web.default.svc.cluster.local"
        + " | web.default.svc.cluster.local 5 IN A 10.43.0.7")]
    [TestCase("round.default.svc.cluster.local", DnsType.A, "ServerFailure: ")]
    // 2.6
    [TestCase("10-42-0-99.default.pod.cluster.local", DnsType.A, "NoError: 10-42-0-99.default.pod.cluster.local 5 IN A 10.42.0.99")]
    [TestCase("fd00--7.default.pod.cluster.local", DnsType.AAAA, "NoError: fd00--7.default.pod.cluster.local 5 IN AAAA fd00::7")]
    [TestCase("10-42-0-99.nowhere.pod.cluster.local", DnsType.A, "NameError: " + Soa)]
    [TestCase("10-42-0-256.default.pod.cluster.local", DnsType.A, "NameError: " + Soa)]
    [TestCase("7.default.pod.cluster.local", DnsType.A, "NameError: " + Soa)]
    // The zone itself, and names that exist because others are below them.
    [TestCase("cluster.local", DnsType.NS, "NoError: cluster.local 5 IN NS ns.dns.cluster.local + ns.dns.cluster.local 5 IN A 10.43.0.10")]
    [TestCase("cluster.local", DnsType.A, "NoError: " + Soa)]
    [TestCase("svc.cluster.local", DnsType.A, "NoError: " + Soa)]
    [TestCase("default.svc.cluster.local", DnsType.A, "NoError: " + Soa)]
    [TestCase("empty.svc.cluster.local", DnsType.A, "NoError: " + Soa)]
    [TestCase("nowhere.svc.cluster.local", DnsType.A, "NameError: " + Soa)]
    [TestCase("default.pod.cluster.local", DnsType.A, "NoError: " + Soa)]
    [TestCase("x.cluster.local", DnsType.A, "NameError: " + Soa)]
    [TestCase("43.10.in-addr.arpa", DnsType.NS,
        "NoError: 43.10.in-addr.arpa 5 IN NS ns.dns.cluster.local")]
    [TestCase("0.43.10.in-addr.arpa", DnsType.PTR, "NoError: SOA 43.10.in-addr.arpa")]
    // What others have the say in.
    [TestCase("example.com", DnsType.A, "forwarded")]
    [TestCase("local", DnsType.A, "forwarded")]
    [TestCase("mycluster.local", DnsType.A, "forwarded")]
    [TestCase("10.in-addr.arpa", DnsType.PTR, "forwarded")]
    [TestCase("1.2.0.192.in-addr.arpa", DnsType.PTR, "forwarded")]
    public void The_answer_is_what_the_specification_says(string name, DnsType type, string expected)
        => Assert.That(Ask(name, type), Is.EqualTo(expected));

    [Test]
    public void Asked_for_everything_a_service_tells_its_addresses_and_ports()
    {
        var all = Ask("web.default.svc.cluster.local", DnsType.ANY);

        Assert.That(all, Does.StartWith("NoError: web.default.svc.cluster.local 5 IN A 10.43.0.7 | ").And.Contain("IN SRV 0 50 80 "));
    }

    [Test]
    public void A_service_that_goes_takes_its_names_along_forwards_and_back()
    {
        _names.Directory.Change(new("default", "db"), null);

        Assert.That(Ask("db.default.svc.cluster.local", DnsType.A), Does.StartWith("NameError"));
        Assert.That(Ask("2.0.42.10.in-addr.arpa", DnsType.PTR), Does.StartWith("NameError"));
    }

    [Test]
    public void Two_services_of_one_address_are_both_named()
    {
        _names.Put(TestNames.Headless("more"), TestNames.Slice("more", "http", 80, TestNames.Endpoint("10.42.0.2", "m")));

        Assert.That(
            Ask("2.0.42.10.in-addr.arpa", DnsType.PTR),
            Does.Contain("PTR db-0.db.default.svc.cluster.local").And.Contain("PTR m.more.default.svc.cluster.local"));
    }

    [Test]
    public void An_address_outside_the_ranges_is_named_here_only_if_it_is_known()
    {
        _names.Put(TestNames.Headless("far"), TestNames.Slice("far", "http", 80, TestNames.Endpoint("192.0.2.9", "f")));

        Assert.That(Ask("9.2.0.192.in-addr.arpa", DnsType.PTR), Does.Contain("PTR f.far.default.svc.cluster.local"));
        Assert.That(Ask("8.2.0.192.in-addr.arpa", DnsType.PTR), Is.EqualTo("forwarded"));
    }

    [Test]
    public void A_pod_with_a_host_name_is_found_behind_a_cluster_ip_too()
    {
        _names.Put(
            ServiceObjects.Service("web", "10.43.0.7", 80),
            TestNames.Slice("web", "", 80, TestNames.Endpoint("10.42.0.8", "w"), TestNames.Endpoint("10.42.0.9")));

        Assert.That(Ask("w.web.default.svc.cluster.local", DnsType.A), Does.EndWith("IN A 10.42.0.8"));
        Assert.That(Ask("9.0.42.10.in-addr.arpa", DnsType.PTR), Does.StartWith("NameError"));
    }

    [Test]
    public void Both_families_of_a_service_are_told()
    {
        _names.Put(ServiceObjects.Service("dual", "10.43.0.8", 80, service => service.Spec.ClusterIPs = ["10.43.0.8", "fd00:43::8"]));

        Assert.That(Ask("dual.default.svc.cluster.local", DnsType.A), Does.EndWith("IN A 10.43.0.8"));
        Assert.That(Ask("dual.default.svc.cluster.local", DnsType.AAAA), Does.EndWith("IN AAAA fd00:43::8"));
        Assert.That(
            Ask("8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.4.0.0.0.0.d.f.ip6.arpa", DnsType.PTR),
            Does.EndWith("PTR dual.default.svc.cluster.local"));
    }

    private string Ask(string name, DnsType type)
    {
        if (_names.Answerer.Answer(name.Split('.'), type) is not { } answer)
        {
            return "forwarded";
        }

        var records = answer.Answers.Concat(answer.Authorities).Select(static record => record is SOARecord && record.TTL.TotalSeconds == 5
            ? $"SOA {record.Name}"
            : record.ToString());
        var helpful = string.Concat(answer.Additionals.Select(static record => $" + {record}"));
        var rest = answer.ContinuesAt is null ? "" : $" > {answer.ContinuesAt}";
        return $"{(MessageStatus)answer.Status}: {string.Join(" | ", records)}{helpful}{rest}";
    }
}
