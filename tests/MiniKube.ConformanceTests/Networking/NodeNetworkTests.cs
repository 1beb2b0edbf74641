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
public sealed class NodeNetworkTests(NetworkBackend backend)
{
    private readonly InMemoryApiClient _client = new(TimeProvider.System);
    private readonly List<TestMachine> _machines = [];
    private TestSegment _segment = null!;

    [SetUp]
    public void Require()
    {
        LinuxRoot.Require();
        LinuxRoot.RequireProgram("nft");
        _segment = new TestSegment();
    }

    [TearDown]
    public async Task TearDown()
    {
        foreach (var machine in _machines)
        {
            await machine.DisposeAsync();
        }

        _segment?.Dispose();
    }

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
        var mtu = 1_500 - backend.Overhead();
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
        await _client.DeleteAsync<V1Node>(ObjectKey.Cluster("machine-3"), null, cancellationToken);

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
        await _client.DeleteAsync<V1Node>(ObjectKey.Cluster("machine-3"), null, cancellationToken);

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

    [Test, CancelAfter(60_000)]
    public async Task A_blocked_way_is_told_until_it_is_open(CancellationToken cancellationToken)
    {
        var (one, two) = (await MachineAsync(1, cancellationToken), await MachineAsync(2, cancellationToken));
        await EntriesAsync(one, "10.200.2.0/24", cancellationToken);
        await FilterAsync(two, "add table ip t; add chain ip t in { type filter hook prerouting priority raw; }; "
            + "add rule ip t in udp dport 8472 drop; add rule ip t in ip daddr 10.200.2.0/24 drop", cancellationToken);

        await Eventually.GetsAsync(
            "the trouble",
            async () =>
            {
                await one.Ways.ProbeAsync(cancellationToken);
                return await ConditionAsync(one, "PodNetworkDegraded", cancellationToken);
            },
            seen => seen.StartsWith("True OverlayBlocked node machine-2"),
            cancellationToken);

        await FilterAsync(two, "delete table ip t", cancellationToken);
        await Eventually.GetsAsync(
            "the end of it",
            async () =>
            {
                await one.Ways.ProbeAsync(cancellationToken);
                return await ConditionAsync(one, "PodNetworkDegraded", cancellationToken);
            },
            seen => seen.StartsWith("False EveryNodeReached"),
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_keeps_the_network_from_standing_is_a_condition(CancellationToken cancellationToken)
    {
        var one = await MachineAsync(1, cancellationToken);
        _segment.Plug(one.Namespace, IPAddress.Parse("10.200.77.1"), 24, "eth1");

        await Eventually.GetsAsync(
            "the conflict",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("True HostNetworkOverlaps") && seen.Contains("10.200.77.0/24"),
            cancellationToken);

        Look(one, netlink => netlink.DeleteLink("eth1"));
        await Eventually.GetsAsync(
            "the end of it",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("False PodNetworkIsUp"),
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_VXLAN_port_or_id_in_use_is_a_condition(CancellationToken cancellationToken)
    {
        if (backend != NetworkBackend.Vxlan)
        {
            Assert.Pass("this backend takes no port");
        }

        var one = await MachineAsync(1, cancellationToken);
        using (var taken = one.Namespace.NewSocket(ProtocolType.Udp))
        {
            taken.Bind(new IPEndPoint(IPAddress.Any, 8472));
            await MachineAsync(2, cancellationToken);
            await Eventually.GetsAsync(
                "the port's owner",
                () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
                seen => seen.StartsWith("True VxlanPortTaken UDP port 8472"),
                cancellationToken);
        }

        var same = new VxlanSpec("other", 1, 8472, PeerNode.HardwareAddressOf(IPNetwork.Parse("10.1.0.0/24")), 1_450);
        Look(one, netlink =>
        {
            netlink.DeleteLink(one.Options.DeviceName);
            netlink.AddVxlan(same);
            return true;
        });
        await Eventually.GetsAsync(
            "the id's owner",
            () => ConditionAsync(one, "NetworkUnavailable", cancellationToken),
            seen => seen.StartsWith("True VxlanIdTaken"),
            cancellationToken);
    }

    private static async Task FilterAsync(TestMachine machine, string script, CancellationToken cancellationToken)
    {
        var nft = HostCommand.Find("nft", new MachineNamespace(machine.Namespace.Path))!;
        var result = await nft.RunAsync(["-f", "-"], script.Replace("; add", "\nadd") + "\n", cancellationToken);
        Assert.That(result.Errors, Is.Empty);
    }

    private static async Task<string> ConditionAsync(TestMachine machine, string type, CancellationToken cancellationToken)
    {
        var conditions = (await machine.NodeAsync(cancellationToken)).Status.Conditions;
        return conditions.FirstOrDefault(one => one.Type == type) is { } condition
            ? $"{condition.Status} {condition.Reason} {condition.Message}"
            : "none";
    }

    /// <summary>What is in the kernel's tables of the machine.</summary>
    private static T Look<T>(TestMachine machine, Func<RouteNetlink, T> read)
    {
        using var netlink = RouteNetlink.OpenIn(machine.Namespace.Path);
        return read(netlink);
    }

    private static IPAddress Ip(int last) => IPAddress.Parse($"192.168.77.{last}");

    private async Task<TestMachine> MachineAsync(int number, CancellationToken cancellationToken)
    {
        var options = new NodeNetworkOptions
        {
            NodeName = "",
            InstanceName = "",
            StateDirectory = "",
            ClusterCidr = IPNetwork.Parse("10.200.0.0/16"),
            Backend = backend,
            Address = new NodeAddress(Ip(number)),
            FollowsMachine = true,
        };
        var machine = await TestMachine.StartAsync(
            $"machine-{number}", IPNetwork.Parse($"10.200.{number}.0/24"), _segment, _client, options, cancellationToken);
        _machines.Add(machine);
        return machine;
    }

    /// <summary>Waits until the ways of the machine lead to those networks and no other.</summary>
    private async Task EntriesAsync(TestMachine machine, string expected, CancellationToken cancellationToken)
    {
        await Eventually.GetsAsync(
            $"the ways of {machine.Name}",
            () => Task.FromResult(string.Join(' ', Look(machine, netlink => netlink.ListRoutes())
                .Where(route => route.Protocol == OverlayProgrammer.RouteProtocol)
                .Select(route => $"{route.Destination}")
                .Order())),
            seen => seen == expected,
            cancellationToken);
        if (backend == NetworkBackend.Vxlan)
        {
            await Eventually.GetsAsync(
                $"the entries of {machine.Name}",
                () => Task.FromResult(CountEntries(machine)),
                seen => seen == (expected.Split(' ').Length, expected.Split(' ').Length),
                cancellationToken);
        }
    }

    private static (int Neighbours, int Forwarding) CountEntries(TestMachine machine)
        => Look(machine, netlink =>
        {
            var device = netlink.FindLink(machine.Options.DeviceName)?.Index ?? 0;
            return (netlink.ListPermanentNeighbours(device).Count, netlink.ListForwarding(device).Count);
        });

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
