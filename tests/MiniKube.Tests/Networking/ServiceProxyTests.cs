using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The whole proxy on loopback addresses, with an instance that has no bridge; the bridge is the contract's.</summary>
public sealed class ServiceProxyTests
{
    private static int s_network;

    private readonly int _third = Interlocked.Increment(ref s_network);
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryApiClient _client;
    private readonly ServiceProxy _proxy;
    private NameServer _server = null!;

    public ServiceProxyTests()
    {
        _client = new InMemoryApiClient(_time);
        var options = new ServiceProxyOptions
        {
            NodeName = "node-1",
            BridgeName = "mk-nobridge",
            ServiceCidr = IPNetwork.Parse($"127.53.{_third}.0/24"),
            ClusterCidr = IPNetwork.Parse($"127.52.{_third}.0/24"),
            Mode = ServiceProxyModes.Userspace,
        };
        _proxy = new ServiceProxy(options, _client, _time, new Random(1), NullLoggerFactory.Instance);
    }

    private IPEndPoint Pod => new(IPAddress.Parse($"127.52.{_third}.2"), 8080);

    private IPEndPoint Web => new(IPAddress.Parse($"127.53.{_third}.7"), 8080);

    [SetUp]
    public void Serve()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(Pod);
        _server = NameServer.Start("pod", socket);
    }

    [TearDown]
    public async Task Stop()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test, CancelAfter(20_000)]
    public async Task Services_known_at_the_start_are_open_when_it_is_ready(CancellationToken cancellationToken)
    {
        await ExposeAsync(static _ => { }, cancellationToken);

        await _proxy.StartAsync(cancellationToken);

        Assert.That(await NameClient.AskAsync(Web, cancellationToken), Is.EqualTo("pod"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Stopping_cuts_connections_and_closes_the_ports(CancellationToken cancellationToken)
    {
        await ExposeAsync(static _ => { }, cancellationToken);
        await _proxy.StartAsync(cancellationToken);
        using var client = await NameClient.ConnectAsync(Web, cancellationToken);

        await _proxy.StopAsync();

        Assert.That(
            async () => await client.EchoAsync("anybody?", cancellationToken), Throws.InstanceOf<IOException>());
        Assert.That(await NameClient.AskAsync(Web, cancellationToken), Is.EqualTo("ConnectionRefused"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_taken_node_port_is_told_and_opened_once_it_is_free(CancellationToken cancellationToken)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Any, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        await ExposeAsync(service => service.Spec.Ports[0].NodePort = port, cancellationToken);

        await _proxy.StartAsync(cancellationToken);
        var told = await Eventually.GetsAsync(
            "events", () => _client.ListAsync<Corev1Event>(ObjectQuery.All, cancellationToken), seen => seen.Items.Count > 0,
            cancellationToken);
        other.Dispose();
        await Eventually.GetsAsync(
            "the answer at the node port",
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                return NameClient.AskAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            },
            seen => seen == "pod",
            cancellationToken);

        Assert.That(told.Items[0].Reason, Is.EqualTo("FailedToListen"));
        Assert.That(told.Items[0].InvolvedObject.Name, Is.EqualTo("web"));
        Assert.That(told.Items[0].Message, Does.Contain($"0.0.0.0:{port}/TCP").And.EndsWith("on node node-1"));
    }

    private async Task ExposeAsync(Action<V1Service> change, CancellationToken cancellationToken)
    {
        await _client.CreateAsync(
            ServiceObjects.Service("web", Web.Address.ToString(), Web.Port, change), cancellationToken);
        await _client.CreateAsync(ServiceObjects.Slice("web", Pod.Port, Pod.Address), cancellationToken);
    }
}
