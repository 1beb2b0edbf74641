using System.Globalization;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Controllers;
using MiniKube.Testing;

namespace MiniKube.Tests.Controllers;

public sealed class EndpointSliceTests
{
    [Test, CancelAfter(20_000)]
    public async Task A_service_gets_its_ready_pods_as_endpoints_in_both_forms(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Service(), cancellationToken);
        await cluster.Client.CreateAsync(WebPod("web-1", "10.42.0.2", ready: true), cancellationToken);
        await cluster.Client.CreateAsync(WebPod("web-2", "10.42.0.3", ready: false), cancellationToken);

        await cluster.UntilAsync(
            "two endpoints", () => cluster.All<V1EndpointSlice>().SingleOrDefault()?.Endpoints?.Count == 2, cancellationToken);
        await cluster.UntilAsync(
            "the older form", () => cluster.Find<V1Endpoints>("web")?.Subsets?.Count == 1, cancellationToken);

        var slice = cluster.All<V1EndpointSlice>().Single();
        var subset = cluster.Find<V1Endpoints>("web")!.Subsets.Single();
        Assert.That(slice.Metadata.Name, Does.StartWith("web-"));
        Assert.That(slice.Metadata.Labels["kubernetes.io/service-name"], Is.EqualTo("web"));
        Assert.That(slice.Ports.Single().Port, Is.EqualTo(8080));
        Assert.That(
            slice.Endpoints.Select(one => $"{one.Addresses[0]} {one.Conditions.Ready} {one.TargetRef.Name}"),
            Is.EquivalentTo(new[] { "10.42.0.2 True web-1", "10.42.0.3 False web-2" }));
        Assert.That(subset.Addresses.Single().Ip, Is.EqualTo("10.42.0.2"));
        Assert.That(subset.NotReadyAddresses.Single().Ip, Is.EqualTo("10.42.0.3"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_pod_that_is_shutting_down_serves_but_is_not_ready(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(Service(), cancellationToken);
        var pod = await cluster.Client.CreateAsync(WebPod("web-1", "10.42.0.2", ready: true), cancellationToken);
        await cluster.UntilAsync(
            "ready", () => Conditions(cluster)?.Ready == true, cancellationToken);

        await cluster.Client.DeleteAsync<V1Pod>(new ObjectKey("default", pod.Metadata.Name), null, cancellationToken);

        await cluster.UntilAsync(
            "terminating",
            () => Conditions(cluster) is { Ready: false, Serving: true, Terminating: true },
            cancellationToken);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_service_without_a_selector_is_left_alone(CancellationToken cancellationToken)
    {
        await using var cluster = await ControllerCluster.StartAsync(cancellationToken);
        await cluster.Client.CreateAsync(
            Service(service => { service.Metadata.Name = "manual"; service.Spec.Selector = null; }), cancellationToken);
        await cluster.Client.CreateAsync(Service(), cancellationToken);

        await cluster.UntilAsync("the other has its slice", () => cluster.All<V1EndpointSlice>().Count > 0, cancellationToken);

        Assert.That(
            cluster.All<V1EndpointSlice>().Select(slice => slice.Metadata.Labels["kubernetes.io/service-name"]), Is.All.EqualTo("web"));
    }

    [Test]
    public void Two_hundred_and_fifty_pods_make_three_slices_and_a_change_touches_one()
    {
        var pods = Enumerable.Range(0, 250).Select(Pod).ToList();
        var slices = Named(EndpointSlicePlanner.Plan(Service(), pods, [], _ => null).Create);
        pods[120] = WebPod("web-120", "10.42.9.9", ready: true);

        var plan = EndpointSlicePlanner.Plan(Service(), pods, slices, _ => null);

        Assert.That(slices.Select(slice => slice.Endpoints.Count), Is.EqualTo(new[] { 100, 100, 50 }));
        Assert.That((plan.Create.Length, plan.Update.Length, plan.Delete.Length), Is.EqualTo((0, 1, 0)));
    }

    [Test]
    public void New_pods_fill_the_slice_that_has_room_and_empty_slices_go()
    {
        var pods = Enumerable.Range(0, 150).Select(Pod).ToList();
        var slices = Named(EndpointSlicePlanner.Plan(Service(), pods, [], _ => null).Create);

        var grown = EndpointSlicePlanner.Plan(Service(), [.. pods, Pod(150)], slices, _ => null);
        var shrunk = EndpointSlicePlanner.Plan(Service(), pods[..100], slices, _ => null);

        Assert.That(grown.Update.Single().Endpoints, Has.Count.EqualTo(51));
        Assert.That((grown.Create.Length, grown.Delete.Length), Is.EqualTo((0, 0)));
        Assert.That((shrunk.Create.Length, shrunk.Update.Length, shrunk.Delete.Length), Is.EqualTo((0, 0, 1)));
    }

    [Test]
    public void Pods_whose_named_port_differs_are_in_different_slices()
    {
        var service = Service(service => service.Spec.Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = "web" }]);
        var pods = new[] { 8080, 9090 }.Select((port, index) => WebPod($"web-{index}", $"10.42.0.{index + 2}", true, pod =>
            pod.Spec.Containers[0].Ports = [new V1ContainerPort { Name = "web", ContainerPort = port }])).ToList();

        var plan = EndpointSlicePlanner.Plan(service, pods, [], _ => null);

        Assert.That(plan.Create.Select(slice => slice.Ports.Single().Port), Is.EquivalentTo(new[] { 8080, 9090 }));
    }

    [Test]
    public void Without_pods_there_is_one_empty_slice_and_it_is_kept()
    {
        var slices = Named(EndpointSlicePlanner.Plan(Service(), [], [], _ => null).Create);

        var plan = EndpointSlicePlanner.Plan(Service(), [], slices, _ => null);

        Assert.That(slices.Single().Endpoints, Is.Empty);
        Assert.That((plan.Create.Length, plan.Update.Length, plan.Delete.Length), Is.EqualTo((0, 0, 0)));
    }

    private static V1EndpointConditions? Conditions(ControllerCluster cluster)
        => cluster.All<V1EndpointSlice>().SingleOrDefault()?.Endpoints?.SingleOrDefault()?.Conditions;

    private static List<V1EndpointSlice> Named(IEnumerable<V1EndpointSlice> slices)
        => [.. slices.Select((slice, index) => slice with
        {
            Metadata = slice.Metadata with { Name = string.Create(CultureInfo.InvariantCulture, $"web-{index:000}") },
        })];

    private static V1Pod Pod(int number) => WebPod($"web-{number}", $"10.42.{number / 250}.{2 + (number % 250)}", ready: true);

    private static V1Service Service(Action<V1Service>? change = null)
    {
        var service = new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default", Uid = "service" },
            Spec = new V1ServiceSpec
            {
                Selector = new Dictionary<string, string> { ["app"] = "web" },
                Ports = [new V1ServicePort { Name = "http", Port = 80, TargetPort = 8080, Protocol = "TCP" }],
            },
        };
        change?.Invoke(service);
        return service;
    }

    private static V1Pod WebPod(string name, string ip, bool ready, Action<V1Pod>? change = null) => Objects.Pod(name, pod =>
    {
        pod.Metadata.Uid = name;
        pod.Metadata.Labels["app"] = "web";
        pod.Spec.NodeName = "node-a";
        pod.Status = new V1PodStatus
        {
            Phase = "Running",
            PodIP = ip,
            Conditions = [new V1PodCondition { Type = "Ready", Status = ready ? "True" : "False" }],
        };
        change?.Invoke(pod);
    });
}
