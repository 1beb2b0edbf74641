using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Makaretu.Dns;
using MiniKube.Networking;

namespace MiniKube.Testing;

/// <summary>What a test makes of a query: the packets that go back, in order. None is silence.</summary>
/// <param name="query">What was asked.</param>
/// <param name="overStream">Over TCP.</param>
public delegate Task<IReadOnlyList<byte[]>> UpstreamBehaviour(Message query, bool overStream);

/// <summary>A DNS server on a loopback port, over UDP and TCP, that behaves as badly as a test wants.</summary>
public sealed class FakeUpstream : IAsyncDisposable
{
    private readonly DnsSockets _sockets;
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentBag<Task> _answering = [];
    private readonly Task _datagrams;
    private readonly Task _streams;

    private FakeUpstream(DnsSockets sockets, UpstreamBehaviour behaviour)
    {
        _sockets = sockets;
        Behaviour = behaviour;
        _datagrams = ReceiveAllAsync();
        _streams = AcceptAllAsync();
    }

    /// <summary>What it does with the next query.</summary>
    public UpstreamBehaviour Behaviour { get; set; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Address => (IPEndPoint)_sockets.Datagrams.LocalEndPoint!;

    /// <summary>The names it was asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Listens at once, at a port of 127.0.0.1 or of another address of the loopback.</summary>
    public static FakeUpstream Start(UpstreamBehaviour behaviour, string address = "127.0.0.1", int port = 0)
        => new(DnsSockets.Open(IPAddress.Parse(address), port), behaviour);

    /// <summary>Answers every name with one address.</summary>
    public static UpstreamBehaviour Always(string address, int ttl = 60)
        => (query, _) => Task.FromResult<IReadOnlyList<byte[]>>([Answer(query, address, ttl).ToByteArray()]);

    /// <summary>An answer with one address.</summary>
    public static Message Answer(Message query, string address, int ttl = 60)
    {
        var response = Response(query);
        response.Answers.Add(new ARecord
        {
            Name = query.Questions[0].Name,
            Address = IPAddress.Parse(address),
            TTL = TimeSpan.FromSeconds(ttl),
        });
        return response;
    }

    /// <summary>An answer with a status and nothing in it.</summary>
    public static Message Response(Message query, MessageStatus status = MessageStatus.NoError)
    {
        var response = query.CreateResponse();
        response.RA = true;
        response.Status = status;
        return response;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _sockets.Datagrams.Dispose();
        _sockets.Streams.Dispose();
        await Task.WhenAll(_answering.Append(_datagrams).Append(_streams)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _closing.Dispose();
    }

    private async Task ReceiveAllAsync()
    {
        var buffer = new byte[65_535];
        while (!_closing.IsCancellationRequested)
        {
            var got = await _sockets.Datagrams.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _closing.Token);
            _answering.Add(AnswerDatagramAsync(buffer[..got.ReceivedBytes], got.RemoteEndPoint));
        }
    }

    private async Task AnswerDatagramAsync(byte[] packet, EndPoint client)
    {
        foreach (var answer in await AnswersAsync(packet, overStream: false))
        {
            await _sockets.Datagrams.SendToAsync(answer, client, _closing.Token);
        }
    }

    private async Task AcceptAllAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            _answering.Add(AnswerStreamAsync(await _sockets.Streams.AcceptAsync(_closing.Token)));
        }
    }

    private async Task AnswerStreamAsync(Socket socket)
    {
        using (socket)
        {
            await using var stream = new NetworkStream(socket);
            var packet = await DnsClient.ReadFramedAsync(stream, _closing.Token);
            foreach (var answer in await AnswersAsync(packet, overStream: true))
            {
                await stream.WriteAsync(DnsClient.Framed(answer), _closing.Token);
            }
        }
    }

    private Task<IReadOnlyList<byte[]>> AnswersAsync(byte[] packet, bool overStream)
    {
        var query = DnsClient.Read(packet);
        Asked.Enqueue(query.Questions[0].Name.ToString());
        return Behaviour(query, overStream);
    }
}

/// <summary>Servers that a test names.</summary>
internal sealed class GivenServers(params IEnumerable<IPEndPoint> servers) : IUpstreamServers
{
    public ImmutableArray<IPEndPoint> Current { get; set; } = [.. servers];
}
