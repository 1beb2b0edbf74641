using System.Net;
using System.Text;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Networking;
using NUnit.Framework;
using static MiniKube.Testing.ServiceObjects;

namespace MiniKube.Testing;

/// <summary>
/// What every service proxy does on a real bridge with real pods. Needs root on Linux; a fixture supplies only the
/// proxy.
/// </summary>
public abstract partial class ServiceProxyContract
{
    private const string NodeName = "this-node";

    // By chance, so that a run meets neither another one nor what a killed one left.
    private readonly int _second = Random.Shared.Next(200, 250);
    private readonly int _third = Random.Shared.Next(256);
    private readonly int _nodePort = Random.Shared.Next(31_000, 32_700);
    private readonly InMemoryApiClient _client = new(TimeProvider.System);
    private readonly List<TestPod> _pods = [];
    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"minikube-{Guid.NewGuid():n}");
    private PodNetwork _network = null!;
    private ServiceProxyOptions _options = null!;
    private ServiceProxy _proxy = null!;

    /// <summary>One of <see cref="ServiceProxyModes"/>, not the automatic choice.</summary>
    protected abstract string Mode { get; }

    private ServiceProxy NewProxy() => new(_options, _client, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);

    private IPEndPoint Web => IPEndPoint.Parse($"10.{_second}.{_third}.135:80");

    [SetUp]
    public async Task Start()
    {
        var instance = PodNetworkOptions.InstanceNameOf(_directory);
        _network = new PodNetwork(
            new PodNetworkOptions { InstanceName = instance, StateDirectory = _directory }, NullLogger<PodNetwork>.Instance);
        _options = new ServiceProxyOptions
        {
            NodeName = NodeName,
            BridgeName = instance,
            ServiceCidr = IPNetwork.Parse($"10.{_second}.{_third}.128/25"),
            ClusterCidr = IPNetwork.Parse($"10.{_second}.{_third}.0/26"),
            Mode = Mode,
        };
        _proxy = NewProxy();

        // The bridge comes after the proxy, as when a node gets its pod CIDR late.
        await _proxy.StartAsync(CancellationToken.None);
        await _network.ConfigureAsync(IPNetwork.Parse($"10.{_second}.{_third}.0/26"), CancellationToken.None);
    }

    [TearDown]
    public async Task Stop()
    {
        if (_proxy is null)
        {
            return;
        }

        await _proxy.DisposeAsync();
        await _proxy.TearDownAsync(CancellationToken.None);
        await Task.WhenAll(_pods.Select(pod => pod.DisposeAsync().AsTask()));
        await _network.TearDownAsync(CancellationToken.None);
        await _network.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
        using var node = RouteNetlink.Open();
        Assert.That(
            node.ListRoutes().Select(route => route.Destination.ToString()),
            Has.None.Contains($"10.{_second}.{_third}."),
            "routes are left");
    }

    [Test, CancelAfter(30_000)]
    public async Task Pods_and_the_node_reach_a_cluster_ip(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        await ExposeAsync(cancellationToken, server);

        await ReachedAsync(() => client.AskAsync(Web, cancellationToken), "server", cancellationToken);
        await ReachedAsync(() => NameClient.AskAsync(Web, cancellationToken), "server", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_pod_reaches_itself_through_its_service(CancellationToken cancellationToken)
    {
        var pod = await PodAsync("self", cancellationToken);
        await ExposeAsync(cancellationToken, pod);

        await ReachedAsync(() => pod.AskAsync(Web, cancellationToken), "self", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_node_port_is_reached_from_the_node_and_from_pods(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        await ExposeAsync(cancellationToken, server);

        var loopback = new IPEndPoint(IPAddress.Loopback, _nodePort);
        await ReachedAsync(() => NameClient.AskAsync(loopback, cancellationToken), "server", cancellationToken);
        await ReachedAsync(() => client.AskAsync(Gateway(_nodePort), cancellationToken), "server", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Connections_go_to_all_ready_endpoints_and_to_no_other(CancellationToken cancellationToken)
    {
        var pods = new[]
        {
            await PodAsync("a", cancellationToken), await PodAsync("b", cancellationToken), await PodAsync("c", cancellationToken),
        };
        var slice = await ExposeAsync(cancellationToken, pods);
        await ChangeAsync(slice, changed => changed.Endpoints[2].Conditions.Ready = false, cancellationToken);

        await Eventually.GetsAsync(
            "answering pods", () => AnsweringAsync(cancellationToken), seen => seen == "a b", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_service_without_endpoints_refuses_at_once(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        var slice = await ExposeAsync(cancellationToken, server);
        await ReachedAsync(() => client.AskAsync(Web, cancellationToken), "server", cancellationToken);

        await ChangeAsync(slice, changed => changed.Endpoints = [], cancellationToken);

        await ReachedAsync(() => client.AskAsync(Web, cancellationToken), "ConnectionRefused", cancellationToken);
        await ReachedAsync(() => NameClient.AskAsync(Web, cancellationToken), "ConnectionRefused", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_connection_goes_on_when_its_endpoint_is_taken_away(CancellationToken cancellationToken)
    {
        var (old, next) = (await PodAsync("old", cancellationToken), await PodAsync("next", cancellationToken));
        var slice = await ExposeAsync(cancellationToken, old);
        await ReachedAsync(() => next.AskAsync(Web, cancellationToken), "old", cancellationToken);
        using var connection = await next.ConnectAsync(Web, cancellationToken);

        await ChangeAsync(slice, changed => changed.Endpoints = [Endpoint(next.Ip.ToString())], cancellationToken);
        await ReachedAsync(() => old.AskAsync(Web, cancellationToken), "next", cancellationToken);

        Assert.That(await connection.EchoAsync("still there?", cancellationToken), Is.EqualTo("still there?"));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_large_transfer_both_ways_arrives_whole(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        await ExposeAsync(cancellationToken, server);
        await ReachedAsync(() => client.AskAsync(Web, cancellationToken), "server", cancellationToken);
        var sent = new byte[20_000_003];
        new Random(7).NextBytes(sent);

        using var connection = await client.ConnectAsync(Web, cancellationToken);
        var received = await connection.TransferAsync(sent, cancellationToken);

        Assert.That(received.AsSpan().SequenceEqual(sent), Is.True);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_client_with_affinity_stays_with_its_endpoint(CancellationToken cancellationToken)
    {
        var (a, b) = (await PodAsync("a", cancellationToken), await PodAsync("b", cancellationToken));
        _ = await ExposeAsync(service => service.Spec.SessionAffinity = "ClientIP", cancellationToken, a, b);
        await Eventually.HoldsAsync(
            "the service answers", async () => await a.AskAsync(Web, cancellationToken) is "a" or "b", cancellationToken);

        var answers = new HashSet<string>();
        for (var i = 0; i < 10; i++)
        {
            answers.Add(await a.AskAsync(Web, cancellationToken));
        }

        Assert.That(answers, Has.Count.EqualTo(1));
    }

    [Test, CancelAfter(30_000)]
    public async Task Policy_Local_keeps_pods_to_endpoints_of_their_node(CancellationToken cancellationToken)
    {
        var (here, there) = (await PodAsync("here", cancellationToken), await PodAsync("there", cancellationToken));
        var slice = await ExposeAsync(service => service.Spec.InternalTrafficPolicy = "Local", cancellationToken, here, there);
        await ChangeAsync(
            slice,
            changed => (changed.Endpoints[0].NodeName, changed.Endpoints[1].NodeName) = (NodeName, "other-node"),
            cancellationToken);

        await Eventually.GetsAsync(
            "answering pods", () => AnsweringAsync(cancellationToken), seen => seen == "here", cancellationToken);
    }

    [Test, CancelAfter(30_000)]
    public async Task Datagrams_reach_a_cluster_ip_and_a_node_port(CancellationToken cancellationToken)
    {
        var (client, server) = (await PodAsync("client", cancellationToken), await PodAsync("server", cancellationToken));
        server.Serve(53, System.Net.Sockets.ProtocolType.Udp);
        await _client.CreateAsync(Service("dns", Web.Address.ToString(), 53, service =>
        {
            service.Spec.Ports[0].Protocol = "UDP";
            service.Spec.Ports[0].NodePort = _nodePort;
        }), cancellationToken);
        var slice = Slice("dns", 53, server.Ip);
        slice.Ports[0].Protocol = "UDP";
        await _client.CreateAsync(slice, cancellationToken);

        foreach (var address in new[] { new IPEndPoint(Web.Address, 53), Gateway(_nodePort) })
        {
            await Eventually.GetsAsync(
                $"an answer from {address}",
                () => AskUdpAsync(client, address, cancellationToken),
                answer => answer == "server:who?",
                cancellationToken);
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task A_deleted_service_is_not_reached_any_more(CancellationToken cancellationToken)
    {
        var pod = await PodAsync("pod", cancellationToken);
        await ExposeAsync(cancellationToken, pod);
        await ReachedAsync(() => pod.AskAsync(Web, cancellationToken), "pod", cancellationToken);

        await _client.DeleteAsync<V1Service>(new ObjectKey(Namespace, "web"), null, cancellationToken);

        await ReachedAsync(() => pod.AskAsync(Web, cancellationToken), "ConnectionRefused", cancellationToken);
    }

    private IPAddress Address(int last) => IPAddress.Parse($"10.{_second}.{_third}.{last}");

    private IPEndPoint Gateway(int port) => new(IPAddress.Parse($"10.{_second}.{_third}.1"), port);

    private static Task<string> ReachedAsync(Func<Task<string>> ask, string expected, CancellationToken cancellationToken)
        => Eventually.GetsAsync("the answer", ask, seen => seen == expected, cancellationToken);

    private static async Task<string> AskUdpAsync(TestPod client, IPEndPoint address, CancellationToken cancellationToken)
    {
        using var socket = client.NewUdpSocket();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromMilliseconds(200));
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            await socket.SendAsync("who?"u8.ToArray(), cancellationToken);
            var answer = new byte[100];
            return Encoding.ASCII.GetString(answer, 0, await socket.ReceiveAsync(answer, patience.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return error.Message;
        }
    }

    private async Task<string> AnsweringAsync(CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>();
        for (var i = 0; i < 12; i++)
        {
            names.Add(await NameClient.AskAsync(Web, cancellationToken));
        }

        return string.Join(' ', names);
    }

    private async Task<TestPod> PodAsync(string name, CancellationToken cancellationToken)
    {
        var pod = await TestPod.StartAsync(_network, name, cancellationToken);
        _pods.Add(pod);
        return pod.Serve(8080);
    }

    private Task<V1EndpointSlice> ExposeAsync(CancellationToken cancellationToken, params TestPod[] pods)
        => ExposeAsync(static _ => { }, cancellationToken, pods);

    private async Task<V1EndpointSlice> ExposeAsync(
        Action<V1Service> change, CancellationToken cancellationToken, params TestPod[] pods)
    {
        await _client.CreateAsync(Service("web", Web.Address.ToString(), Web.Port, service =>
        {
            service.Spec.Ports[0].NodePort = _nodePort;
            change(service);
        }), cancellationToken);
        return await _client.CreateAsync(Slice("web", 8080, pods.Select(static pod => pod.Ip)), cancellationToken);
    }

    private async Task ChangeAsync(V1EndpointSlice slice, Action<V1EndpointSlice> change, CancellationToken cancellationToken)
    {
        var copy = ObjectJson.Copy(slice);
        copy.Metadata.ResourceVersion = null;
        change(copy);
        await _client.UpdateAsync(copy, subresource: null, cancellationToken);
    }
}
