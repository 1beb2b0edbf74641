using System.Net;
using k8s.Models;
using MiniKube.Client;
using MiniKube.Networking;
using NUnit.Framework;
using static MiniKube.Testing.ServiceObjects;

namespace MiniKube.Testing;

/// <summary>Other machines, restarts, and endpoints that come and go.</summary>
public abstract partial class ServiceProxyContract
{
    [Test, CancelAfter(60_000)]
    public async Task Another_machine_reaches_node_ports_external_addresses_and_the_load_balancer(CancellationToken cancellationToken)
    {
        var server = await PodAsync("server", cancellationToken);
        using var machine = RemoteMachine.Connect(_options.BridgeName, Address(64), Address(65));
        var elsewhere = IPEndPoint.Parse("203.0.113.77:80");
        _ = await ExposeAsync(service =>
        {
            service.Spec.Type = "LoadBalancer";
            service.Spec.ExternalIPs = [elsewhere.Address.ToString()];
            service.Status = new V1ServiceStatus
            {
                LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = Address(64).ToString() }] },
            };
        }, cancellationToken, server);

        foreach (var address in new[] { new IPEndPoint(Address(64), _nodePort), new IPEndPoint(Address(64), 80) })
        {
            await ReachedAsync(() => machine.AskAsync(address, cancellationToken), "server", cancellationToken);
        }

        // Only the kernel takes packets for an address that no link has.
        if (Mode == ServiceProxyModes.Nftables)
        {
            await ReachedAsync(() => machine.AskAsync(elsewhere, cancellationToken), "server", cancellationToken);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Clients_outside_the_source_ranges_are_not_served_by_the_load_balancer(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        using var machine = RemoteMachine.Connect(_options.BridgeName, Address(64), Address(65));
        _ = await ExposeAsync(service =>
        {
            service.Spec.Type = "LoadBalancer";
            service.Spec.LoadBalancerSourceRanges = [$"{client.Ip}/32"];
            service.Status = new V1ServiceStatus
            {
                LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = Address(64).ToString() }] },
            };
        }, cancellationToken, server);

        var balanced = new IPEndPoint(Address(64), 80);
        await ReachedAsync(() => client.AskAsync(balanced, cancellationToken), "server", cancellationToken);

        Assert.That(await machine.AskAsync(balanced, cancellationToken), Is.Not.EqualTo("server"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_restart_serves_what_there_is_then_and_a_stop_of_the_kernels_proxy_serves_on(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        var slice = await ExposeAsync(cancellationToken, server);
        await ReachedAsync(() => client.AskAsync(Web, cancellationToken), "server", cancellationToken);

        await _proxy.DisposeAsync();
        var meanwhile = await client.AskAsync(Web, cancellationToken);
        await ChangeAsync(slice, changed => changed.Endpoints = [Endpoint(client.Ip.ToString())], cancellationToken);
        _proxy = NewProxy();
        await _proxy.StartAsync(cancellationToken);

        Assert.That(meanwhile, Is.EqualTo(Mode == ServiceProxyModes.Nftables ? "server" : "ConnectionRefused"));
        await ReachedAsync(() => server.AskAsync(Web, cancellationToken), "client", cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task Endpoints_that_terminate_are_used_when_no_other_is_left(CancellationToken cancellationToken)
    {
        var (old, next) = (await PodAsync("old", cancellationToken), await PodAsync("next", cancellationToken));
        var slice = await ExposeAsync(cancellationToken, old, next);
        static void Terminate(V1Endpoint endpoint)
            => endpoint.Conditions = new V1EndpointConditions { Ready = false, Serving = true, Terminating = true };

        await ChangeAsync(slice, changed => Terminate(changed.Endpoints[0]), cancellationToken);
        await Eventually.GetsAsync("answers", () => AnsweringAsync(cancellationToken), seen => seen == "next", cancellationToken);
        await ChangeAsync(slice, changed => changed.Endpoints.ToList().ForEach(Terminate), cancellationToken);

        await Eventually.GetsAsync("answers", () => AnsweringAsync(cancellationToken), seen => seen == "next old", cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task Endpoints_come_and_go_among_many_and_every_answer_is_of_one_that_is_there(CancellationToken cancellationToken)
    {
        var pods = new List<TestPod>();
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            pods.Add(await PodAsync(name, cancellationToken));
        }

        var slice = await ExposeAsync(cancellationToken, [.. pods]);
        foreach (var names in new[] { "a b c d", "b d", "d", "a d", "a b c" })
        {
            var present = pods.Where(pod => names.Split(' ').Contains(pod.Name));
            await ChangeAsync(
                slice,
                changed => changed.Endpoints = [.. present.Select(pod => Endpoint(pod.Ip.ToString()))],
                cancellationToken);
            await Eventually.GetsAsync("answers", () => AnsweringAsync(cancellationToken), seen => seen == names, cancellationToken);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Two_services_at_one_external_address_are_told_apart(CancellationToken cancellationToken)
    {
        var pod = await PodAsync("pod", cancellationToken);
        await ExposeAsync(cancellationToken, pod);
        await ReachedAsync(() => pod.AskAsync(Gateway(_nodePort), cancellationToken), "pod", cancellationToken);

        await _client.CreateAsync(
            Service("second", $"10.{_second}.{_third}.136", 80, service => service.Spec.Ports[0].NodePort = _nodePort), cancellationToken);
        await _client.CreateAsync(Slice("second", 8080, pod.Ip), cancellationToken);

        var told = await Eventually.GetsAsync(
            "an event",
            () => _client.ListAsync<Corev1Event>(ObjectQuery.All, cancellationToken),
            seen => seen.Items.Any(one => one.InvolvedObject.Name == "second"),
            cancellationToken);
        Assert.That(told.Items.Single(one => one.InvolvedObject.Name == "second").Reason, Is.EqualTo("FailedToListen"));
        Assert.That(await pod.AskAsync(Gateway(_nodePort), cancellationToken), Is.EqualTo("pod"));
    }

    /// <summary>What the pod saw as the client's address.</summary>
    [Test, CancelAfter(60_000)]
    public async Task Pods_keep_their_address_where_the_kernel_carries(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        await ExposeAsync(cancellationToken, server);
        await ReachedAsync(() => client.AskAsync(Web, cancellationToken), "server", cancellationToken);

        using var connection = await client.ConnectAsync(Web, cancellationToken);

        var seen = server.Clients.Last();
        Assert.That(seen, Is.EqualTo(Mode == ServiceProxyModes.Nftables ? client.Ip : Gateway(0).Address));
    }
}
