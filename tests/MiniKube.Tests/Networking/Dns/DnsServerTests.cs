using System.Net;
using System.Net.Sockets;
using k8s.Models;
using Makaretu.Dns;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Networking;
using MiniKube.Testing;

namespace MiniKube.Tests;

/// <summary>The whole server on a loopback address, with an API in memory and another server to forward to.</summary>
public sealed class DnsServerTests
{
    private static int s_address;

    private readonly IPAddress _address = IPAddress.Parse($"127.55.{Interlocked.Increment(ref s_address)}.10");
    private readonly FakeTimeProvider _time = new();
    private readonly GivenServers _upstream = new();
    private readonly InMemoryApiClient _client;
    private readonly DnsServer _server;

    public DnsServerTests()
    {
        _client = new InMemoryApiClient(_time);
        var options = new DnsOptions
        {
            Address = _address,
            Domain = "cluster.local",
            Ranges = [IPNetwork.Parse("10.43.0.0/16")],
            BridgeName = "mk-nobridge",
            Port = 0,
        };
        _server = new DnsServer(options, _upstream, _client, _time, new Random(1), NullLoggerFactory.Instance);
    }

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test, CancelAfter(60_000)]
    public async Task Services_known_at_the_start_are_answered_when_it_is_ready(CancellationToken cancellationToken)
    {
        await CreateAsync(ServiceObjects.Service("web", "10.43.0.7", 80), cancellationToken);
        var server = await StartAsync(cancellationToken);

        var answer = await DnsClient.AskAsync(server, "web.default.svc.cluster.local", DnsType.A, cancellationToken);

        Assert.That(
            (answer.AA, answer.RA, answer.Answers.Single().ToString()),
            Is.EqualTo((true, true, "web.default.svc.cluster.local 5 IN A 10.43.0.7")));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_change_of_endpoints_is_followed(CancellationToken cancellationToken)
    {
        await CreateAsync(TestNames.Headless("db"), cancellationToken);
        var server = await StartAsync(cancellationToken);
        var slice = await _client.CreateAsync(
            TestNames.Slice("db", "http", 80, TestNames.Endpoint("10.42.0.2", "db-0")), cancellationToken);
        await HasAsync(1);

        var changed = ObjectJson.Copy(slice);
        changed.Endpoints.Add(TestNames.Endpoint("10.42.0.3", "db-1"));
        await _client.UpdateAsync(changed, null, cancellationToken);
        await HasAsync(2);

        await _client.DeleteAsync<V1EndpointSlice>(changed.Key(), null, cancellationToken);
        await HasAsync(0);

        Task HasAsync(int count) => Eventually.GetsAsync(
            $"{count} addresses",
            () => DnsClient.AskAsync(server, "db.default.svc.cluster.local", DnsType.A, cancellationToken),
            answer => answer.Answers.Count == count,
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task Over_TCP_questions_need_not_wait_for_answers_and_may_overtake_each_other(CancellationToken cancellationToken)
    {
        var release = new TaskCompletionSource();
        await using var upstream = Forward(async (query, _) =>
        {
            await release.Task.WaitAsync(cancellationToken);
            return [FakeUpstream.Answer(query, "192.0.2.1").ToByteArray()];
        });
        var server = await StartAsync(cancellationToken);
        byte[][] queries =
        [
            DnsClient.Query("slow.example", DnsType.A, id: 1),
            .. Enumerable.Range(2, 100).Select(id => DnsClient.Query("ns.dns.cluster.local", DnsType.A, id: (ushort)id)),
        ];

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(queries.SelectMany(DnsClient.Framed).ToArray(), cancellationToken);
        var ids = new List<ushort>();
        while (ids.Count < queries.Length)
        {
            ids.Add(DnsClient.Read(await DnsClient.ReadFramedAsync(stream, cancellationToken)).Id);
            if (ids.Count == queries.Length - 1)
            {
                release.SetResult();
            }
        }

        Assert.That(ids, Is.EqualTo(Enumerable.Range(2, 100).Append(1)));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_was_cut_over_UDP_is_whole_over_TCP(CancellationToken cancellationToken)
    {
        await CreateAsync(TestNames.Headless("many"), cancellationToken);
        await _client.CreateAsync(
            TestNames.Slice("many", "http", 80, Enumerable.Range(1, 100).Select(number => TestNames.Endpoint($"10.42.7.{number}"))),
            cancellationToken);
        var server = await StartAsync(cancellationToken);

        var cut = await DnsClient.AskAsync(server, "many.default.svc.cluster.local", DnsType.A, cancellationToken, payload: null);
        var whole = await DnsClient.StreamAsync(
            server, [DnsClient.Query("many.default.svc.cluster.local", DnsType.A)], cancellationToken);

        Assert.That((cut.TC, cut.Answers.Count), Is.EqualTo((true, 29)));
        Assert.That((DnsClient.Read(whole[0]).TC, DnsClient.Read(whole[0]).Answers.Count), Is.EqualTo((false, 100)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Other_names_are_asked_of_others_and_grow_old(CancellationToken cancellationToken)
    {
        await using var upstream = Forward(FakeUpstream.Always("192.0.2.1", ttl: 60));
        var server = await StartAsync(cancellationToken);

        var first = await DnsClient.AskAsync(server, "www.example.com", DnsType.A, cancellationToken);
        _time.Advance(TimeSpan.FromSeconds(10));
        var second = await DnsClient.AskAsync(server, "WWW.example.com", DnsType.A, cancellationToken);

        Assert.That((first.AA, first.Answers.Single().ToString()), Is.EqualTo((false, "www.example.com 60 IN A 192.0.2.1")));
        Assert.That(second.Answers.Single().ToString(), Is.EqualTo("WWW.example.com 50 IN A 192.0.2.1"));
        Assert.That(upstream.Asked.Count(static name => name == "www.example.com"), Is.EqualTo(1));
    }

    [Test, CancelAfter(60_000)]
    public async Task The_name_behind_an_external_name_is_looked_up_for_the_client(CancellationToken cancellationToken)
    {
        await using var upstream = Forward(FakeUpstream.Always("192.0.2.1", ttl: 60));
        await CreateAsync(TestNames.External("search", "www.example.com"), cancellationToken);
        var server = await StartAsync(cancellationToken);

        var answer = await DnsClient.AskAsync(server, "search.default.svc.cluster.local", DnsType.A, cancellationToken);

        Assert.That(
            answer.Answers.Select(static one => one.ToString()),
            Is.EqualTo(["search.default.svc.cluster.local 5 IN CNAME www.example.com", "www.example.com 60 IN A 192.0.2.1"]));
    }

    [Test, CancelAfter(60_000)]
    public async Task Without_another_server_names_outside_fail_and_names_inside_do_not(CancellationToken cancellationToken)
    {
        var server = await StartAsync(cancellationToken);

        var outside = await DnsClient.AskAsync(server, "www.example.com", DnsType.A, cancellationToken);
        var inside = await DnsClient.AskAsync(server, "ns.dns.cluster.local", DnsType.A, cancellationToken);

        Assert.That((outside.Status, inside.Status), Is.EqualTo((MessageStatus.ServerFailure, MessageStatus.NoError)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_server_that_forwards_to_this_one_is_found_and_left_out(CancellationToken cancellationToken)
    {
        var server = new TaskCompletionSource<IPEndPoint>();
        await using var circular = Forward(async (query, _) => query.Questions[0].Name.Labels[0] == "www"
            ? [FakeUpstream.Answer(query, "192.0.2.1", ttl: 0).ToByteArray()]
            : [await DnsClient.ExchangeAsync(await server.Task.WaitAsync(cancellationToken), query.ToByteArray(), cancellationToken)]);

        server.SetResult(await StartAsync(cancellationToken));
        await Eventually.GetsAsync(
            "nobody is left to be asked",
            () => DnsClient.AskAsync(server.Task.Result, "www.example.com", DnsType.A, cancellationToken),
            static answer => answer.Status == MessageStatus.ServerFailure,
            cancellationToken);
        var asked = circular.Asked.Count;
        await DnsClient.AskAsync(server.Task.Result, "www.example.org", DnsType.A, cancellationToken);

        Assert.That(circular.Asked, Has.Count.EqualTo(asked));
    }

    [Test, CancelAfter(60_000)]
    public async Task Garbage_on_both_ways_in_leaves_it_answering(CancellationToken cancellationToken)
    {
        var server = await StartAsync(cancellationToken);
        var random = new Random(3);
        using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await datagrams.ConnectAsync(server, cancellationToken);
        for (var round = 0; round < 2_000; round++)
        {
            var garbage = new byte[random.Next(1, 600)];
            random.NextBytes(garbage);
            await datagrams.SendAsync(garbage, cancellationToken);
        }

        for (var round = 0; round < 50; round++)
        {
            using var streams = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await streams.ConnectAsync(server, cancellationToken);
            await streams.SendAsync(new byte[] { (byte)random.Next(4), (byte)random.Next(256), 1, 2, 3 }, cancellationToken);
        }

        var answer = await Eventually.GetsAsync(
            "an answer among the garbage",
            () => DnsClient.StreamAsync(server, [DnsClient.Query("ns.dns.cluster.local", DnsType.A)], cancellationToken),
            static answers => answers.Count == 1,
            cancellationToken);
        Assert.That(DnsClient.Read(answer[0]).Answers, Has.Count.EqualTo(1));
        Assert.That(_server.IsReady, Is.True);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_client_that_says_nothing_is_cut_off(CancellationToken cancellationToken)
    {
        var server = await StartAsync(cancellationToken);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellationToken);
        await socket.SendAsync(new byte[] { 0 }, cancellationToken);

        var end = socket.ReceiveAsync(new byte[1], cancellationToken).AsTask();
        await _time.AdvanceUntilAsync("the end", TimeSpan.FromSeconds(1), () => end.IsCompleted, cancellationToken);

        Assert.That(end.IsFaulted || end.Result == 0, Is.True);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_taken_port_leaves_the_node_alone_and_is_opened_once_it_is_free(CancellationToken cancellationToken)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(_address, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        var options = new DnsOptions
        {
            Address = _address, Domain = "cluster.local", Ranges = [], BridgeName = "mk-nobridge", Port = port,
        };
        await using var server = new DnsServer(options, _upstream, _client, _time, new Random(1), NullLoggerFactory.Instance);

        await server.StartAsync(cancellationToken);
        Assert.That(server.Bound.IsCompleted, Is.False);
        other.Dispose();
        await _time.AdvanceUntilAsync("open", TimeSpan.FromSeconds(10), () => server.Bound.IsCompleted, cancellationToken);

        var answer = await DnsClient.AskAsync(await server.Bound, "ns.dns.cluster.local", DnsType.A, cancellationToken);
        Assert.That(answer.Answers, Has.Count.EqualTo(1));
    }

    private FakeUpstream Forward(UpstreamBehaviour behaviour)
    {
        var upstream = FakeUpstream.Start(behaviour);
        _upstream.Current = [upstream.Address];
        return upstream;
    }

    private async Task<IPEndPoint> StartAsync(CancellationToken cancellationToken)
    {
        await _server.StartAsync(cancellationToken);
        return await _server.Bound.WaitAsync(cancellationToken);
    }

    private Task CreateAsync(V1Service service, CancellationToken cancellationToken) => _client.CreateAsync(service, cancellationToken);
}
