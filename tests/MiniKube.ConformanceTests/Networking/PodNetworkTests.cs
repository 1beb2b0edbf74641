using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.ConformanceTests;

[Category("LinuxRoot")]
[NonParallelizable]
public sealed class PodNetworkTests
{
    // By chance, so that a run meets neither another one nor what a killed one left.
    private readonly string _start = $"10.{Random.Shared.Next(200, 250)}.{Random.Shared.Next(256)}";
    private readonly PodNetworkOptions _options;
    private PodNetwork _network;

    public PodNetworkTests()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"minikube-{Guid.NewGuid():n}");
        _options = new PodNetworkOptions
        {
            InstanceName = PodNetworkOptions.InstanceNameOf(directory),
            StateDirectory = directory,
        };
        _network = NewNetwork();
    }

    private IPNetwork Pods => new(Address(0), 25);

    [SetUp]
    public void Require() => LinuxRoot.Require();

    [TearDown]
    public async Task TearDown()
    {
        await _network.TearDownAsync(CancellationToken.None);
        await _network.DisposeAsync();
        Directory.Delete(_options.StateDirectory, recursive: true);

        using var node = RouteNetlink.Open();
        Assert.That(
            node.ListLinks().Where(link => link.Name.StartsWith(_options.InstanceName)), Is.Empty, "links are left");
    }

    [Test, CancelAfter(30_000)]
    public async Task Pods_reach_each_other_and_the_node_reaches_them(CancellationToken cancellationToken)
    {
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var one = TestNamespace.Create();
        using var two = TestNamespace.Create();
        await _network.AttachAsync("one", one.Path, cancellationToken);
        var address = await _network.AttachAsync("two", two.Path, cancellationToken);
        using var listener = two.Listen(80);

        using var pod = one.NewSocket(ProtocolType.Tcp);
        await pod.ConnectAsync(address, 80, cancellationToken);
        using var node = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await node.ConnectAsync(address, 80, cancellationToken);

        Assert.That(address, Is.EqualTo(Address(3)));
        Assert.That(((IPEndPoint)pod.LocalEndPoint!).Address, Is.EqualTo(Address(2)));
        Assert.That(((IPEndPoint)node.LocalEndPoint!).Address, Is.EqualTo(Address(1)));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_pod_has_its_loopback_and_reaches_itself(CancellationToken cancellationToken)
    {
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var pod = TestNamespace.Create();
        var address = await _network.AttachAsync("pod", pod.Path, cancellationToken);
        using var listener = pod.Listen(80);

        foreach (var target in new[] { IPAddress.Loopback, address })
        {
            using var client = pod.NewSocket(ProtocolType.Tcp);
            await client.ConnectAsync(target, 80, cancellationToken);
            Assert.That(client.Connected);
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task Attaching_again_also_after_a_restart_keeps_the_address(CancellationToken cancellationToken)
    {
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var pod = TestNamespace.Create();
        var first = await _network.AttachAsync("pod", pod.Path, cancellationToken);
        await _network.DisposeAsync();

        _network = NewNetwork();
        await _network.ConfigureAsync(Pods, cancellationToken);
        var again = await _network.AttachAsync("pod", pod.Path, cancellationToken);

        Assert.That(again, Is.EqualTo(first));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_sandbox_whose_namespace_was_replaced_is_connected_anew(CancellationToken cancellationToken)
    {
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var old = TestNamespace.Create();
        var first = await _network.AttachAsync("pod", old.Path, cancellationToken);
        using var pod = TestNamespace.Create();

        var second = await _network.AttachAsync("pod", pod.Path, cancellationToken);

        using var listener = pod.Listen(80);
        using var node = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await node.ConnectAsync(second, 80, cancellationToken);
        Assert.That(second, Is.EqualTo(first));
    }

    [Test, CancelAfter(30_000)]
    public async Task Addresses_of_pods_whose_leases_were_lost_are_not_given_out(CancellationToken cancellationToken)
    {
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var survivor = TestNamespace.Create();
        var taken = await _network.AttachAsync("survivor", survivor.Path, cancellationToken);
        await _network.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_options.StateDirectory, "addresses.json"), "{\"podCi", cancellationToken);

        _network = NewNetwork();
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var pod = TestNamespace.Create();

        Assert.That(await _network.AttachAsync("new", pod.Path, cancellationToken), Is.Not.EqualTo(taken));
    }

    [Test, CancelAfter(30_000)]
    public async Task Another_pod_CIDR_is_refused_while_pods_have_addresses(CancellationToken cancellationToken)
    {
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var pod = TestNamespace.Create();
        await _network.AttachAsync("pod", pod.Path, cancellationToken);
        await _network.DisposeAsync();
        _network = NewNetwork();

        var error = Assert.ThrowsAsync<InvalidOperationException>(
            () => _network.ConfigureAsync(IPNetwork.Parse("10.127.5.0/24"), cancellationToken));

        Assert.That(error!.Message, Does.Contain(Pods.ToString()).And.Contain("minikube stop"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Many_pods_at_once_get_different_addresses(CancellationToken cancellationToken)
    {
        await _network.ConfigureAsync(Pods, cancellationToken);
        var pods = Enumerable.Range(0, 40).Select(_ => TestNamespace.Create()).ToList();
        try
        {
            var addresses = await Task.WhenAll(
                pods.Select((pod, i) => _network.AttachAsync($"pod-{i}", pod.Path, cancellationToken)));
            await Task.WhenAll(pods.Select((_, i) => _network.DetachAsync($"pod-{i}", cancellationToken)));

            Assert.That(addresses, Is.Unique);
        }
        finally
        {
            pods.ForEach(pod => pod.Dispose());
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task A_pod_reaches_beyond_the_node_from_an_address_of_the_node(CancellationToken cancellationToken)
    {
        LinuxRoot.RequireProgram("nft");
        await _network.ConfigureAsync(Pods, cancellationToken);
        using var pod = TestNamespace.Create();
        await _network.AttachAsync("pod", pod.Path, cancellationToken);
        using var outside = Outside();
        using var listener = outside.Listen(80);

        using var client = await Eventually.GetsAsync(
            "a connection beyond the node",
            () => TryConnectAsync(pod, cancellationToken),
            seen => seen is not null,
            cancellationToken);
        using var accepted = await listener.AcceptAsync(cancellationToken);

        Assert.That(((IPEndPoint)accepted.RemoteEndPoint!).Address, Is.EqualTo(Address(129)));
    }

    /// <summary>Another machine on a link of the node's, which knows no route to pods.</summary>
    private TestNamespace Outside()
    {
        var outside = TestNamespace.Create();
        using var node = RouteNetlink.Open();
        using var handle = NetworkNamespace.OpenFile(outside.Path);
        var name = $"{_options.InstanceName}fffe";
        node.AddVeth(
            new VethSpec(name, "eth0", PodLinks.HardwareAddress(Address(130)), 0, 1_500),
            (int)handle.DangerousGetHandle());
        SetAddress(node, name, Address(129));
        using var far = RouteNetlink.OpenIn(outside.Path);
        SetAddress(far, "eth0", Address(130));
        return outside;
    }

    private static void SetAddress(RouteNetlink where, string link, IPAddress address)
    {
        where.SetUp(link);
        where.AddAddress(new LinkAddress(where.FindLink(link)!.Index, address, 25));
    }

    private async Task<Socket?> TryConnectAsync(TestNamespace pod, CancellationToken cancellationToken)
    {
        var client = pod.NewSocket(ProtocolType.Tcp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMilliseconds(300));
        try
        {
            await client.ConnectAsync(Address(130), 80, patience.Token);
            return client;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            client.Dispose();
            return null;
        }
    }

    private IPAddress Address(int last) => IPAddress.Parse($"{_start}.{last}");

    private PodNetwork NewNetwork() => new(_options, NullLogger<PodNetwork>.Instance);
}
