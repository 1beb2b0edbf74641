using System.Collections.Concurrent;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.ApiServer;

namespace MiniKube.Tests.ApiServer.Admission;

public sealed class ServiceAllocatorTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ConcurrentDictionary<ObjectKey, V1Service> _stored = new();

    [Test]
    public void A_service_gets_an_address_and_node_ports_out_of_the_ranges()
    {
        var allocator = Allocator();
        var service = Service("a", "NodePort", 80, 443);

        Create(allocator, service);

        Assert.That(service.Spec.ClusterIP, Does.StartWith("10.43."));
        Assert.That(service.Spec.ClusterIPs, Is.EqualTo(new[] { service.Spec.ClusterIP }));
        Assert.That(service.Spec.Ports.Select(port => port.NodePort), Is.Unique.And.All.InRange(30000, 32767));
    }

    [Test]
    public void Headless_and_external_services_get_nothing()
    {
        var allocator = Allocator();
        var (headless, external) = (Service("a", "ClusterIP", 80), Service("b", "ExternalName", 80));
        headless.Spec.ClusterIP = "None";

        Create(allocator, headless);
        Create(allocator, external);

        Assert.That(headless.Spec.ClusterIP, Is.EqualTo("None"));
        Assert.That(external.Spec.ClusterIP, Is.Null);
        Assert.That(external.Spec.Ports[0].NodePort, Is.Null);
    }

    [Test]
    public void An_address_or_port_asked_for_is_given_once()
    {
        var allocator = Allocator();
        Create(allocator, Asking("a", "10.43.0.7", 30080));

        Assert.That(() => Create(allocator, Asking("b", "10.43.0.7", 30081)), Throws.TypeOf<ApiException>().With.Message.EqualTo(
            "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.43.0.7\"]: failed to allocate IP 10.43.0.7: "
            + "provided IP is already allocated"));
        Assert.That(() => Create(allocator, Asking("b", "10.43.0.8", 30080)), Throws.TypeOf<ApiException>().With.Message.EqualTo(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated"));
    }

    [TestCase("10.44.0.1", 30080, "The range of valid IPs is 10.43.0.0/16")]
    [TestCase("10.43.0.0", 30080, "The range of valid IPs is 10.43.0.0/16")]
    [TestCase("10.43.255.255", 30080, "The range of valid IPs is 10.43.0.0/16")]
    [TestCase("10.43.255.254", 29999, "The range of valid ports is 30000-32767")]
    [TestCase("10.43.0.1", 32768, "The range of valid ports is 30000-32767")]
    public void What_is_outside_the_ranges_is_refused(string address, int port, string part)
        => Assert.That(() => Create(Allocator(), Asking("a", address, port)), Throws.TypeOf<ApiException>().With.Message.Contains(part));

    [Test]
    public void Deleting_a_service_frees_what_it_had_at_once()
    {
        var allocator = Allocator();
        Create(allocator, Asking("a", "10.43.0.7", 30080));

        Delete(allocator, "a");

        Assert.That(() => Create(allocator, Asking("b", "10.43.0.7", 30080)), Throws.Nothing);
    }

    [Test]
    public void A_change_of_type_frees_what_the_new_type_does_not_have()
    {
        var allocator = Allocator();
        Create(allocator, Asking("a", "10.43.0.7", 30080));
        var changed = Service("a", "ClusterIP", 80);
        changed.Spec.ClusterIP = "10.43.0.7";

        Update(allocator, changed);

        Assert.That(() => Create(allocator, Asking("b", "10.43.0.8", 30080)), Throws.Nothing);
        Assert.That(() => Create(allocator, Asking("c", "10.43.0.7", 30081)), Throws.TypeOf<ApiException>());
    }

    [Test]
    public void A_refused_write_keeps_nothing_from_the_same_service_and_for_a_minute_from_others()
    {
        var allocator = Allocator();
        allocator.Allocate(Asking("a", "10.43.0.7", 30080), Find, dryRun: false);

        Assert.That(() => allocator.Allocate(Asking("a", "10.43.0.7", 30080), Find, dryRun: false), Throws.Nothing);
        Assert.That(() => Create(allocator, Asking("b", "10.43.0.7", 30081)), Throws.TypeOf<ApiException>());
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.That(() => Create(allocator, Asking("b", "10.43.0.7", 30081)), Throws.Nothing);
    }

    [Test]
    public void A_dry_run_takes_nothing()
    {
        var allocator = Allocator();

        allocator.Allocate(Asking("a", "10.43.0.7", 30080), Find, dryRun: true);

        Assert.That(() => Create(allocator, Asking("b", "10.43.0.7", 30080)), Throws.Nothing);
    }

    [Test]
    public void Stored_services_keep_what_they_have_over_a_restart()
    {
        Create(Allocator(), Asking("a", "10.43.0.7", 30080));
        var restarted = Allocator();
        restarted.Confirm(_stored.Values.Single());

        Assert.That(() => Create(restarted, Asking("b", "10.43.0.7", 30081)), Throws.TypeOf<ApiException>());
        Assert.That(() => Update(restarted, Asking("a", "10.43.0.7", 30080)), Throws.Nothing);
    }

    [Test]
    public void Two_protocols_of_one_port_share_its_node_port()
    {
        var service = Service("dns", "NodePort", 53, 53);
        service.Spec.Ports[1].Protocol = "UDP";

        Create(Allocator(), service);

        Assert.That(service.Spec.Ports[1].NodePort, Is.EqualTo(service.Spec.Ports[0].NodePort));
    }

    [Test]
    public void The_lower_addresses_are_left_to_those_who_choose_until_the_rest_is_gone()
    {
        var allocator = new ServiceAllocator(
            new ServiceAddresses("10.0.0.0/27"), new ServiceNodePorts(30000, 30100), new Random(1), _time);
        var services = Enumerable.Range(0, 30).Select(index => Service($"s{index}", "ClusterIP", 80)).ToList();

        services.ForEach(service => Create(allocator, service));

        var last = services.Select(service => int.Parse(service.Spec.ClusterIP.Split('.')[3])).ToList();
        Assert.That(last, Is.Unique.And.All.InRange(1, 30));
        Assert.That(last.Take(14), Is.All.GreaterThan(16));
        Assert.That(() => Create(allocator, Service("one-more", "ClusterIP", 80)),
            Throws.TypeOf<ApiException>().With.Message.Contains("all of 10.0.0.0/27 are in use"));
    }

    [Test]
    public void At_the_same_time_everybody_gets_something_else()
    {
        var allocator = Allocator();
        var services = Enumerable.Range(0, 500).Select(index => Service($"s{index}", "NodePort", 80)).ToList();

        Parallel.ForEach(services, service => Create(allocator, service));

        Assert.That(services.Select(service => service.Spec.ClusterIP), Is.Unique);
        Assert.That(services.Select(service => service.Spec.Ports[0].NodePort), Is.Unique);
    }

    [TestCase("10.43.0.0")]
    [TestCase("fd00::/108")]
    [TestCase("10.0.0.0/8")]
    [TestCase("10.0.0.0/29")]
    public void A_network_that_makes_no_sense_is_refused_at_start(string cidr)
        => Assert.That(() => new ServiceAddresses(cidr), Throws.ArgumentException.With.Message.Contains(cidr));

    private ServiceAllocator Allocator()
        => new(new ServiceAddresses("10.43.0.0/16"), new ServiceNodePorts(30000, 32767), new Random(1), _time);

    private V1Service? Find(ObjectKey key) => _stored.GetValueOrDefault(key);

    private void Create(ServiceAllocator allocator, V1Service service)
    {
        allocator.Allocate(service, Find, dryRun: false);
        _stored[new ObjectKey("default", service.Metadata.Name)] = service;
    }

    private void Update(ServiceAllocator allocator, V1Service service)
    {
        allocator.Confirm(_stored[new ObjectKey("default", service.Metadata.Name)]);
        Create(allocator, service);
    }

    private void Delete(ServiceAllocator allocator, string name)
    {
        _stored.TryRemove(new ObjectKey("default", name), out var deleted);
        allocator.Confirm(deleted!);
    }

    private static V1Service Asking(string name, string address, int nodePort)
    {
        var service = Service(name, "NodePort", 80);
        service.Spec.ClusterIP = address;
        service.Spec.Ports[0].NodePort = nodePort;
        return service;
    }

    private static V1Service Service(string name, string type, params int[] ports) => new()
    {
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = "default" },
        Spec = new V1ServiceSpec
        {
            Type = type,
            Ports = [.. ports.Select(port => new V1ServicePort { Port = port, Protocol = "TCP" })],
        },
    };
}
