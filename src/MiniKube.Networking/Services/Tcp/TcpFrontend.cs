using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>Accepts the connections of one way into a Service and hands each to a relay.</summary>
internal sealed partial class TcpFrontend : IFrontend
{
    // The kernel caps it at net.core.somaxconn, 4,096 by default.
    private const int Backlog = 4_096;

    // How long to leave accepting alone when the process is out of file descriptors.
    private static readonly TimeSpan Exhausted = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly Balancer _balancer;
    private readonly RelaySet _relays;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _accepting;

    /// <summary>Listening when this returns.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public TcpFrontend(Balancer balancer, RelaySet relays, TimeProvider time, ILogger logger)
    {
        _balancer = balancer;
        _relays = relays;
        _time = time;
        _logger = logger;
        _listener = FrontendSockets.Bind(balancer.Plan.Address, balancer.Plan.IsExternal);
        _listener.Listen(Backlog);
        _accepting = AcceptAllAsync(_closing.Token);
    }

    public void Publish(FrontendPlan next) => _balancer.Publish(next);

    public async Task CloseAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAllAsync(CancellationToken closing)
    {
        // Off the caller's thread, also when connections are waiting already.
        await Task.Yield();
        while (!closing.IsCancellationRequested)
        {
            try
            {
                _relays.Start(await _listener.AcceptAsync(closing), _balancer);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException && closing.IsCancellationRequested)
            {
                // Closed between the look at the token and the wait.
                return;
            }
            catch (SocketException gone) when (gone.SocketErrorCode == SocketError.ConnectionAborted)
            {
                // The client gave up before it was accepted.
            }
            catch (SocketException error)
            {
                Log.CannotAccept(_logger, _balancer.Plan.Address, error.Message);
                await Task.Delay(Exhausted, _time, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5020, LogLevel.Warning, "Cannot accept a connection at {Address}: {Problem}")]
        public static partial void CannotAccept(ILogger logger, FrontendAddress address, string problem);
    }
}
