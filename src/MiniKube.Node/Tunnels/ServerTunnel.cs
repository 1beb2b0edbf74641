using System.Net.WebSockets;
using System.Security.Authentication;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace MiniKube.Node;

/// <summary>Keeps a tunnel to one server: opened again whenever it is lost, less and less often while that fails.</summary>
internal sealed partial class ServerTunnel(TunnelOptions options, Uri server, TimeProvider time, Random random, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    // A server that comes back is found within this.
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(10);

    // What lasted that long was good: its loss is news, and not one more failure.
    private static readonly TimeSpan GoodAfter = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken stopping)
    {
        var pause = TimeSpan.Zero;
        var wasTold = false;
        while (true)
        {
            var started = time.GetTimestamp();
            var moved = new CancellationTokenSource(); // Not disposed: whoever raises the event may just be about to cancel it.
            options.Address.Changed += moved.Cancel;
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, moved.Token);
                using var session = new TunnelSession(options, server, time);
                await session.OpenAsync(either.Token);
                Log.Opened(logger, server);
                wasTold = false;
                await session.RunAsync(either.Token);
                Log.Lost(logger, server, "the server closed it");
            }
            catch (OperationCanceledException) when (moved.IsCancellationRequested && !stopping.IsCancellationRequested)
            {
                Log.Lost(logger, server, "this machine has another address");
            }
            catch (Exception failure) when (failure is WebSocketException or HttpRequestException or IOException or JsonException
                && !stopping.IsCancellationRequested)
            {
                Tell(failure, wasTold);
                wasTold = true;
            }
            finally
            {
                options.Address.Changed -= moved.Cancel;
            }

            pause = time.GetElapsedTime(started) > GoodAfter ? TimeSpan.Zero : pause;
            await Task.Delay(pause * (0.5 + random.NextDouble()), time, stopping);
            pause = pause == TimeSpan.Zero ? FirstPause : TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, PauseMax.Ticks));
        }
    }

    // Once per silence: an agent may wait for its server for days. That a server's certificate is not good, which the API client
    // meets as well, is told there.
    private void Tell(Exception failure, bool wasTold)
    {
        var innermost = failure.GetBaseException();
        if (wasTold || innermost is AuthenticationException)
        {
            Log.StillLost(logger, server, innermost.Message);
            return;
        }

        Log.Lost(logger, server, innermost.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(4310, LogLevel.Information, "Tunnel to {Server} is open")]
        public static partial void Opened(ILogger logger, Uri server);

        [LoggerMessage(4311, LogLevel.Warning, "Tunnel to {Server} is lost: {Problem}; opening it again")]
        public static partial void Lost(ILogger logger, Uri server, string problem);

        [LoggerMessage(4312, LogLevel.Debug, "Tunnel to {Server} cannot be opened: {Problem}")]
        public static partial void StillLost(ILogger logger, Uri server, string problem);
    }
}
