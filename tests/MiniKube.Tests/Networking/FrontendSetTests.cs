using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The proxy's data path on loopback addresses: real sockets, no rights needed.</summary>
public sealed class FrontendSetTests
{
    private static readonly ObjectKey Web = new("default", "web");
    private static int s_network = 10;

    // Its own addresses per test: tests run side by side.
    private readonly int _third = Interlocked.Increment(ref s_network);
    private readonly FrontendSet _set = new(TimeProvider.System, new Random(1), NullLogger.Instance);
    private readonly List<NameServer> _servers = [];

    private IPEndPoint Service => new(IPAddress.Parse($"127.43.{_third}.1"), 8080);

    [TearDown]
    public async Task Close()
    {
        await _set.CloseAsync();
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
    }

    [Test, CancelAfter(20_000)]
    public async Task Connections_go_to_all_endpoints(CancellationToken cancellationToken)
    {
        await ApplyAsync(Serve("a", 1), Serve("b", 2));

        var names = new HashSet<string>();
        for (var i = 0; i < 4; i++)
        {
            names.Add(await NameClient.AskAsync(Service, cancellationToken));
        }

        Assert.That(names, Is.EquivalentTo(new[] { "a", "b" }));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_endpoint_that_refuses_costs_no_connection(CancellationToken cancellationToken)
    {
        await ApplyAsync(Serve("a", 1), Endpoint(2), Endpoint(3));

        for (var i = 0; i < 6; i++)
        {
            Assert.That(await NameClient.AskAsync(Service, cancellationToken), Is.EqualTo("a"));
        }
    }

    [Test, CancelAfter(20_000)]
    public async Task A_client_is_reset_when_every_endpoint_refuses(CancellationToken cancellationToken)
    {
        await ApplyAsync(Endpoint(1));

        Assert.That(await NameClient.AskAsync(Service, cancellationToken), Is.EqualTo("ConnectionReset"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Without_endpoints_connections_are_refused_until_one_comes(CancellationToken cancellationToken)
    {
        await ApplyAsync(Serve("a", 1));
        await ApplyAsync();
        Assert.That(await NameClient.AskAsync(Service, cancellationToken), Is.EqualTo("ConnectionRefused"));

        await ApplyAsync(Serve("b", 2));
        Assert.That(await NameClient.AskAsync(Service, cancellationToken), Is.EqualTo("b"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_connection_outlives_its_endpoint_and_its_service(CancellationToken cancellationToken)
    {
        await ApplyAsync(Serve("a", 1));
        using var client = await NameClient.ConnectAsync(Service, cancellationToken);

        await ApplyAsync(Serve("b", 2));
        Assert.That(await client.EchoAsync("still there?", cancellationToken), Is.EqualTo("still there?"));
        Assert.That(await NameClient.AskAsync(Service, cancellationToken), Is.EqualTo("b"));

        await ApplyAsync();
        Assert.That(await client.EchoAsync("and now?", cancellationToken), Is.EqualTo("and now?"));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_end_of_stream_passes_and_the_answer_still_comes(CancellationToken cancellationToken)
    {
        await ApplyAsync(Serve("a", 1));
        using var client = await NameClient.ConnectAsync(Service, cancellationToken);
        var sent = new byte[3_000_001];
        new Random(5).NextBytes(sent);

        var received = await client.TransferAsync(sent, cancellationToken);

        Assert.That(received.AsSpan().SequenceEqual(sent), Is.True);
    }

    [Test, CancelAfter(20_000)]
    public async Task A_reset_passes_to_the_other_side(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(Endpoint(1));
        listener.Listen();
        await ApplyAsync(Endpoint(1));
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(Service, cancellationToken);
        var server = await listener.AcceptAsync(cancellationToken);

        server.Close(timeout: 0);

        var error = Assert.ThrowsAsync<SocketException>(
            async () => await client.ReceiveAsync(new byte[1].AsMemory(), SocketFlags.None, cancellationToken));
        Assert.That(error!.SocketErrorCode, Is.EqualTo(SocketError.ConnectionReset));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_taken_port_is_reported_and_the_others_open(CancellationToken cancellationToken)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Any, 0));
        other.Listen();
        var taken = new FrontendAddress(ProxyProtocol.Tcp, IPAddress.Any, ((IPEndPoint)other.LocalEndPoint!).Port);
        ImmutableArray<IPEndPoint> endpoints = [Serve("a", 1)];

        var free = At(ProxyProtocol.Tcp);
        var problems = await _set.ApplyAsync(Web, [new FrontendPlan(taken, endpoints), new FrontendPlan(free, endpoints)]);

        Assert.That(problems, Has.Count.EqualTo(1));
        Assert.That(problems[0], Does.StartWith($"cannot listen on {taken}: "));
        Assert.That(await NameClient.AskAsync(Service, cancellationToken), Is.EqualTo("a"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Datagrams_keep_their_endpoint_until_it_goes(CancellationToken cancellationToken)
    {
        var (a, b) = (Serve("a", 1, ProtocolType.Udp), Serve("b", 2, ProtocolType.Udp));
        await _set.ApplyAsync(Web, [new FrontendPlan(At(ProxyProtocol.Udp), [a, b])]);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(Service, cancellationToken);

        var first = await AskAsync(client, "one", cancellationToken);
        Assert.That(await AskAsync(client, "two", cancellationToken), Is.EqualTo(first.Replace("one", "two")));

        await _set.ApplyAsync(Web, [new FrontendPlan(At(ProxyProtocol.Udp), [first[0] == 'a' ? b : a])]);
        Assert.That(await AskAsync(client, "three", cancellationToken), Is.EqualTo(first[0] == 'a' ? "b:three" : "a:three"));
    }

    [Test, CancelAfter(20_000)]
    public async Task Datagrams_to_a_node_port_are_answered_from_the_address_they_were_sent_to(CancellationToken cancellationToken)
    {
        var endpoint = Serve("a", 1, ProtocolType.Udp);
        var everywhere = new FrontendAddress(ProxyProtocol.Udp, IPAddress.Any, 40_000 + _third);
        await _set.ApplyAsync(Web, [new FrontendPlan(everywhere, [endpoint])]);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await client.ConnectAsync(IPAddress.Parse($"127.99.{_third}.9"), everywhere.Port, cancellationToken);

        Assert.That(await AskAsync(client, "hello", cancellationToken), Is.EqualTo("a:hello"));
    }

    private static async Task<string> AskAsync(Socket client, string text, CancellationToken cancellationToken)
    {
        await client.SendAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        var answer = new byte[100];
        var length = await client.ReceiveAsync(answer, cancellationToken);
        return Encoding.ASCII.GetString(answer, 0, length);
    }

    private FrontendAddress At(ProxyProtocol protocol) => new(protocol, Service.Address, Service.Port);

    private IPEndPoint Endpoint(int last) => new(IPAddress.Parse($"127.42.{_third}.{last}"), 8080);

    private IPEndPoint Serve(string name, int last, ProtocolType protocol = ProtocolType.Tcp)
    {
        var type = protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram;
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        socket.Bind(Endpoint(last));
        _servers.Add(NameServer.Start(name, socket));
        return Endpoint(last);
    }

    private async Task ApplyAsync(params ImmutableArray<IPEndPoint> endpoints)
        => Assert.That(await _set.ApplyAsync(Web, [new FrontendPlan(At(ProxyProtocol.Tcp), endpoints)]), Is.Empty);
}
