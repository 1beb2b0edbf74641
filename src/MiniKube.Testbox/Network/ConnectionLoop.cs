using System.Net.Sockets;

namespace MiniKube.Testbox;

/// <summary>Accepts connections and serves each until all have ended.</summary>
internal static class ConnectionLoop
{
    /// <summary>
    /// Accepts until <paramref name="stopping"/>, then closes the listener and returns when every connection is finished.
    /// What goes wrong on one connection ends that connection only.
    /// </summary>
    public static async Task RunAsync(
        TcpListener listener, Func<Socket, CancellationToken, Task> serve, CancellationToken stopping)
    {
        var open = new HashSet<Task>();
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(stopping);
                var connection = ServeAsync(socket, serve, stopping);
                lock (open)
                {
                    open.RemoveWhere(static task => task.IsCompleted);
                    open.Add(connection);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            listener.Stop();
        }

        await Task.WhenAll(open);
    }

    private static async Task ServeAsync(
        Socket socket, Func<Socket, CancellationToken, Task> serve, CancellationToken stopping)
    {
        try
        {
            socket.NoDelay = true;
            await serve(socket, stopping);
        }
        catch (Exception ended) when (ended is IOException or SocketException
            || (ended is OperationCanceledException && stopping.IsCancellationRequested))
        {
            // The other side went away, or we are ending.
        }
        finally
        {
            socket.Dispose();
        }
    }
}
