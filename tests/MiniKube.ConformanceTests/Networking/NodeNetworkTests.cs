using System.Net;
using System.Net.Sockets;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

/// <summary>Two and three machines, each a network namespace on one segment, with real pods on them.</summary>
[Category("LinuxRoot")]
[TestFixture(NetworkBackend.Vxlan)]
[TestFixture(NetworkBackend.HostGateway)]
public sealed class NodeNetworkTests(NetworkBackend backend) : NodeNetworkFixture(backend)
{
    [Test, CancelAfter(60_000)]
    public async Task Pods_of_different_machines_reach_each_other_and_keep_their_address(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        var (client, clientIp) = await one.StartPodAsync(cancellationToken);
        var (server, serverIp) = await two.StartPodAsync(cancellationToken);
        using var listener = server.Listen(80);

        using var connection = await ConnectAsync(client, serverIp, cancellationToken);
        using var accepted = await listener.AcceptAsync(cancellationToken);

        Assert.That(((IPEndPoint)accepted.RemoteEndPoint!).Address, Is.EqualTo(clientIp));
    }

    [Test, CancelAfter(60_000)]
    public async Task Large_packets_pass(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        var (client, _) = await one.StartPodAsync(cancellationToken);
        var (server, serverIp) = await two.StartPodAsync(cancellationToken);
        using var listener = server.NewSocket(ProtocolType.Udp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 53));
        using var sender = client.NewSocket(ProtocolType.Udp);
        await sender.ConnectAsync(serverIp, 53, cancellationToken);
        using var whole = client.NewSocket(ProtocolType.Udp);
        whole.DontFragment = true;
        await whole.ConnectAsync(serverIp, 53, cancellationToken);
        await AnswersAsync(sender, listener, cancellationToken);

        // As large as a packet may be without being cut, and one that is cut into six.
        var mtu = 1_500 - Backend.Overhead();
        foreach (var (socket, size) in new[] { (whole, mtu - 28), (sender, 8_000) })
        {
            await socket.SendAsync(new byte[size], cancellationToken);
            var received = await listener.ReceiveAsync(new byte[10_000], cancellationToken);
            Assert.That(received, Is.EqualTo(size));
        }

        Assert.That(
            () => whole.Send(new byte[mtu - 27]),
            Throws.InstanceOf<SocketException>().With.Property(nameof(SocketException.SocketErrorCode)).EqualTo(SocketError.MessageSize));
    }

    [Test, CancelAfter(60_000)]
    public async Task Machines_reach_pods_of_others_and_pods_reach_machines(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        var (pod, podIp) = await two.StartPodAsync(cancellationToken);
        using var inPod = pod.Listen(80);
        using var onMachine = one.Namespace.Listen(81);

        using var toPod = await ConnectAsync(one.Namespace, podIp, cancellationToken);
        using var toMachine = await ConnectAsync(pod, Ip(1), cancellationToken, 81);
        using var accepted = await onMachine.AcceptAsync(cancellationToken);

        Assert.That(toPod.Connected);
        Assert.That(((IPEndPoint)accepted.RemoteEndPoint!).Address, Is.EqualTo(Ip(2)), "pods leave the cluster from their node's address");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_machine_that_comes_later_is_reached_and_one_that_leaves_is_forgotten(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        var three = await MachineAsync(3, cancellationToken);
        var (client, _) = await one.StartPodAsync(cancellationToken);
        var (server, serverIp) = await three.StartPodAsync(cancellationToken);
        using var listener = server.Listen(80);
        using var connection = await ConnectAsync(client, serverIp, cancellationToken);

        await three.Ways.StopAsync();
        await Client.DeleteAsync<V1Node>(ObjectKey.Cluster("machine-3"), null, cancellationToken);

        await EntriesAsync(one, "10.200.2.0/24", cancellationToken);
        await EntriesAsync(two, "10.200.1.0/24", cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_machine_that_gets_another_address_is_reached_at_it(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        var (client, _) = await one.StartPodAsync(cancellationToken);
        var (server, serverIp) = await two.StartPodAsync(cancellationToken);
        using var listener = server.Listen(80);
        (await ConnectAsync(client, serverIp, cancellationToken)).Dispose();

        Look(two, netlink =>
        {
            var link = netlink.FindLink("eth0")!.Index;
            netlink.DeleteAddress(new LinkAddress(link, Ip(2), 24));
            netlink.AddAddress(new LinkAddress(link, Ip(22), 24));
            return true;
        });

        await Eventually.GetsAsync(
            "the announced address",
            async () => (await two.NodeAsync(cancellationToken)).Metadata.Annotations["minikube.io/public-ip"],
            seen => seen == $"{Ip(22)}",
            cancellationToken);
        (await ConnectAsync(client, serverIp, cancellationToken)).Dispose();
        Assert.That(two.Options.Address.Current, Is.EqualTo(Ip(22)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_new_process_takes_over_and_removes_what_is_stale(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        var three = await MachineAsync(3, cancellationToken);
        await EntriesAsync(one, "10.200.2.0/24 10.200.3.0/24", cancellationToken);
        var device = Look(one, netlink => netlink.FindLink(one.Options.DeviceName))?.Index;
        await one.Ways.StopAsync();
        await three.Ways.StopAsync();
        await Client.DeleteAsync<V1Node>(ObjectKey.Cluster("machine-3"), null, cancellationToken);

        await one.RestartAsync(static options => options, cancellationToken);

        await EntriesAsync(one, "10.200.2.0/24", cancellationToken);
        Assert.That(Look(one, netlink => netlink.FindLink(one.Options.DeviceName))?.Index, Is.EqualTo(device));
        Assert.That(two.Ways.IsReady);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_network_that_stands_lets_the_kernel_be(CancellationToken cancellationToken)
    {
        var (one, _) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        await EntriesAsync(one, "10.200.2.0/24", cancellationToken);
        using var monitor = new MachineNamespace(one.Namespace.Path).Run(MachineMonitor.Open);

        await Eventually.HoldsAsync("a second without a change", async () =>
        {
            using var second = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            second.CancelAfter(TimeSpan.FromSeconds(1));
            try
            {
                return !await monitor.ReadAllAsync(static _ => false, second.Token).AnyAsync(second.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return true;
            }
        }, cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task Tearing_down_leaves_nothing(CancellationToken cancellationToken)
    {
        var (one, _) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        await EntriesAsync(one, "10.200.2.0/24", cancellationToken);

        await one.Pods.TearDownAsync(cancellationToken);
        await one.Ways.TearDownAsync(cancellationToken);

        Assert.That(Look(one, netlink => netlink.ListLinks()).Select(link => link.Name), Is.EquivalentTo(new[] { "lo", "eth0" }));
        Assert.That(
            Look(one, netlink => netlink.ListRoutes()).Select(route => $"{route.Destination}"), Has.None.StartsWith("10.200."));
        var nft = HostCommand.Find("nft", new MachineNamespace(one.Namespace.Path))!;
        var tables = await nft.RunAsync(["list", "tables"], "", cancellationToken);
        Assert.That(tables.Output, Does.Not.Contain(one.Instance));
    }

    private static async Task<Socket> ConnectAsync(TestNamespace from, IPAddress to, CancellationToken cancellationToken, int port = 80)
        => (await Eventually.GetsAsync(
            $"a connection to {to}:{port}",
            () => TryConnectAsync(from, to, port, cancellationToken),
            seen => seen is not null,
            cancellationToken))!;

    private static async Task<Socket?> TryConnectAsync(TestNamespace from, IPAddress to, int port, CancellationToken cancellationToken)
    {
        var socket = from.NewSocket(ProtocolType.Tcp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMilliseconds(1_500));
        try
        {
            await socket.ConnectAsync(to, port, patience.Token);
            return socket;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static async Task AnswersAsync(Socket sender, Socket listener, CancellationToken cancellationToken)
        => await Eventually.GetsAsync(
            "a datagram",
            async () =>
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(TimeSpan.FromMilliseconds(500));
                try
                {
                    await sender.SendAsync(new byte[1], cancellationToken);
                    return await listener.ReceiveAsync(new byte[1], patience.Token);
                }
                catch (OperationCanceledException)
                {
                    return 0;
                }
            },
            seen => seen == 1,
            cancellationToken);
}
