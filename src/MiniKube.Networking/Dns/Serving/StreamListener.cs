using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>Answers queries that come by TCP (RFC 7766).</summary>
internal sealed partial class StreamListener(Socket listener, DnsResponder responder, TimeProvider time, ILogger logger)
{
    // Each may hold two messages of 64 KiB. One more than that is closed at once, and its client tries again.
    private const int ConnectionsMax = 256;

    // How long to leave accepting alone when the process is out of file descriptors.
    private static readonly TimeSpan Exhausted = TimeSpan.FromMilliseconds(100);

    private readonly PendingAnswers _connections = new(ConnectionsMax);

    /// <summary>Until cancelled; closes the socket and every connection.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await Task.Yield();
        using (listener)
        {
            while (!stopping.IsCancellationRequested)
            {
                await AcceptOneAsync(stopping);
            }
        }

        await _connections.DrainAsync();
    }

    private async Task AcceptOneAsync(CancellationToken stopping)
    {
        try
        {
            var socket = await listener.AcceptAsync(stopping);
            var connection = new StreamConnection(socket, responder, time);
            if (!_connections.TryStart(() => connection.RunAsync(stopping)))
            {
                socket.Dispose();
            }
        }
        catch (OperationCanceledException)
        {
            // The loop ends.
        }
        catch (SocketException gone) when (gone.SocketErrorCode == SocketError.ConnectionAborted)
        {
            // The client gave up before it was accepted.
        }
        catch (SocketException error)
        {
            Log.CannotAccept(logger, error.Message);
            await Task.Delay(Exhausted, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5103, LogLevel.Warning, "Cannot accept a DNS connection: {Problem}")]
        public static partial void CannotAccept(ILogger logger, string problem);
    }
}
