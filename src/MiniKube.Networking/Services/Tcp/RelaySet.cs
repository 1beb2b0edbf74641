using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>
/// Owns every relayed connection of the proxy. They outlive the frontend that accepted them, so that an endpoint or a
/// Service can go while its last requests finish. Thread-safe.
/// </summary>
internal sealed partial class RelaySet(TimeProvider time, ILogger logger)
{
    // Two descriptors each, of the 2^20 a root process may usually have. More clients are reset.
    private const int RelaysMax = 65_536;

    private readonly Lock _gate = new();
    private readonly HashSet<TcpRelay> _running = [];
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>Relays the client's connection until both sides have closed it. Owns the socket from here on.</summary>
    public void Start(Socket client, Balancer balancer)
    {
        var relay = new TcpRelay(client, balancer, time);
        lock (_gate)
        {
            if (!_closed && _running.Count < RelaysMax)
            {
                _running.Add(relay);
                relay.Completion = RunAsync(relay);
                return;
            }
        }

        Log.TooMany(logger, RelaysMax, balancer.Plan.Address);
        relay.Abort();
    }

    /// <summary>Cuts every connection and waits until all are gone.</summary>
    public async Task CloseAsync()
    {
        List<TcpRelay> ending;
        lock (_gate)
        {
            _closed = true;
            ending = [.. _running];
        }

        ending.ForEach(static relay => relay.Abort());
        await Task.WhenAll(ending.Select(static relay => relay.Completion));
    }

    private async Task RunAsync(TcpRelay relay)
    {
        await Task.Yield();
        try
        {
            await relay.RunAsync();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side reset the connection, or the proxy is closing: the relay has passed it on to the other side.
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(relay);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5021, LogLevel.Warning,
            "{Limit} connections are open, the most the proxy keeps; one to {Address} was reset")]
        public static partial void TooMany(ILogger logger, int limit, FrontendAddress address);
    }
}
