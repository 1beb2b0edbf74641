using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>
/// Takes the datagrams of one way into a Service. A client keeps its endpoint for as long as it talks; silence, a
/// refusal, or the end of the endpoint end that.
/// </summary>
internal sealed partial class UdpFrontend : IFrontend
{
    private const int DatagramBytesMax = 65_535;

    // Each is a socket. At the limit the most silent one makes room.
    private const int SessionsMax = 4_096;

    // What the kernel's connection tracking grants a stream of datagrams (nf_conntrack_udp_timeout_stream).
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(120);

    private readonly Socket _socket;
    private readonly Balancer _balancer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<UdpClientAddress, UdpSession> _sessions = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _sweep;
    private readonly Task _receiving;

    /// <summary>Receiving when this returns.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public UdpFrontend(Balancer balancer, TimeProvider time, ILogger logger)
    {
        _balancer = balancer;
        _time = time;
        _logger = logger;
        _socket = FrontendSockets.Bind(balancer.Plan.Address, balancer.Plan.IsExternal);
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.PacketInformation, true);
        _sweep = time.CreateTimer(_ => RemoveIdle(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _receiving = ReceiveAllAsync(_closing.Token);
    }

    public void Publish(FrontendPlan next)
    {
        _balancer.Publish(next);
        foreach (var session in _sessions.Values.Where(session => !next.Endpoints.Contains(session.Endpoint)))
        {
            session.Dispose();
        }
    }

    public async Task CloseAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        await _receiving;
        var sessions = _sessions.Values.ToList();
        sessions.ForEach(static session => session.Dispose());
        await Task.WhenAll(sessions.Select(static session => session.Completion));
        await _sweep.DisposeAsync();
        _closing.Dispose();
    }

    private async Task ReceiveAllAsync(CancellationToken closing)
    {
        await Task.Yield();
        var buffer = new byte[DatagramBytesMax];
        var anyone = new IPEndPoint(IPAddress.Any, 0);
        while (!closing.IsCancellationRequested)
        {
            try
            {
                var got = await _socket.ReceiveMessageFromAsync(buffer.AsMemory(), SocketFlags.None, anyone, closing);
                var client = new UdpClientAddress((IPEndPoint)got.RemoteEndPoint, got.PacketInformation.Address);
                Find(client)?.Send(buffer.AsSpan(0, got.ReceivedBytes));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException error) when (!closing.IsCancellationRequested)
            {
                // The kernel reports here what became of an earlier answer; the socket goes on.
                Log.Interrupted(_logger, _balancer.Plan.Address, error.Message);
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException && closing.IsCancellationRequested)
            {
                // Closed between the look at the token and the wait.
                return;
            }
        }
    }

    private UdpSession? Find(UdpClientAddress client)
    {
        if (_sessions.TryGetValue(client, out var former) && !former.IsEnded)
        {
            return former;
        }

        if (_balancer.Choose(client.Client.Address, []) is not { } endpoint)
        {
            return null;
        }

        _balancer.Remember(client.Client.Address, endpoint);
        return Start(new UdpSession(client, endpoint, _time), former);
    }

    private UdpSession Start(UdpSession session, UdpSession? former)
    {
        if (_sessions.Count >= SessionsMax)
        {
            _sessions.Values.MaxBy(static one => one.IdleTime)?.Dispose();
        }

        _sessions[session.Address] = session;
        session.Completion = Task.WhenAll(RunAsync(session), former?.Completion ?? Task.CompletedTask);
        _sweep.Change(IdleMax, Timeout.InfiniteTimeSpan);
        return session;
    }

    private async Task RunAsync(UdpSession session)
    {
        await Task.Yield();
        await session.ReadAsync(Reply);
        session.Dispose();
        _sessions.TryRemove(KeyValuePair.Create(session.Address, session));
    }

    private void Reply(UdpClientAddress client, ReadOnlySpan<byte> datagram)
        => SourcedDatagram.TrySend(_socket, datagram, client.Client, client.Local);

    /// <summary>Once after the last session started, and again for as long as there are sessions.</summary>
    private void RemoveIdle()
    {
        foreach (var session in _sessions.Values.Where(static session => session.IdleTime >= IdleMax))
        {
            session.Dispose();
        }

        if (!_sessions.IsEmpty && !_closing.IsCancellationRequested)
        {
            _sweep.Change(IdleMax, Timeout.InfiniteTimeSpan);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5030, LogLevel.Debug, "Receiving at {Address} was interrupted: {Problem}")]
        public static partial void Interrupted(ILogger logger, FrontendAddress address, string problem);
    }
}
