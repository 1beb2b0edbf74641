using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>
/// One client's connection, carried to an endpoint and back. Each direction ends by itself (half-close); a reset of
/// one side resets the other.
/// </summary>
internal sealed class TcpRelay(Socket client, Balancer balancer, TimeProvider time)
{
    // Large enough that a bulk transfer costs few calls, small enough for the pool to keep many.
    private const int BufferBytes = 128 * 1_024;

    // An endpoint on this node answers in microseconds; one whose address is dead does not answer at all. While there
    // are others to try, do not wait for the kernel's first retransmission.
    private static readonly TimeSpan Impatience = TimeSpan.FromSeconds(1);

    // The last endpoint gets the time a client usually gives a connection.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The retries of one connection: a Service with more dead endpoints than this has another problem.
    private const int EndpointsTriedMax = 5;

    private Socket? _server;

    /// <summary>The run, for its owner.</summary>
    public Task Completion { get; set; } = Task.CompletedTask;

    /// <summary>
    /// Returns when both sides have closed, or throws what broke the connection, with both sides closed.
    /// </summary>
    public async Task RunAsync()
    {
        var finished = false;
        try
        {
            FrontendSockets.SetUpRelayed(client);
            _server = await ConnectAsync(((IPEndPoint)client.RemoteEndPoint!).Address);
            if (_server is not null)
            {
                await Task.WhenAll(PumpAsync(client, _server), PumpAsync(_server, client));
                finished = true;
            }
        }
        finally
        {
            if (!finished)
            {
                Abort();
            }

            client.Dispose();
            _server?.Dispose();
        }
    }

    /// <summary>Resets both sides. Callable from any thread, at any time.</summary>
    public void Abort()
    {
        Reset(client);
        Reset(_server);
    }

    /// <summary>
    /// Tries endpoints until one accepts; the plan may change meanwhile. Null when there is none left to try.
    /// </summary>
    private async Task<Socket?> ConnectAsync(IPAddress clientAddress)
    {
        var tried = new List<IPEndPoint>();
        while (tried.Count < EndpointsTriedMax && balancer.Choose(clientAddress, tried) is { } endpoint)
        {
            tried.Add(endpoint);
            var isLast = tried.Count >= Math.Min(balancer.Plan.Endpoints.Length, EndpointsTriedMax);
            if (await TryConnectAsync(endpoint, isLast ? Patience : Impatience) is { } server)
            {
                balancer.Remember(clientAddress, endpoint);
                return server;
            }
        }

        return null;
    }

    private async Task<Socket?> TryConnectAsync(IPEndPoint endpoint, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience, time);
        try
        {
            return await ConnectAsync(endpoint, source: null, deadline.Token);
        }
        catch (SocketException full) when (full.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            return await TryConnectFromServiceAsync(endpoint, deadline.Token);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>
    /// Thousands of short connections a second use up the ports of the node's own address towards one endpoint: each is
    /// kept for a minute after its end. The address the client asked for is ours as well, and has its own ports.
    /// </summary>
    private async Task<Socket?> TryConnectFromServiceAsync(IPEndPoint endpoint, CancellationToken deadline)
    {
        try
        {
            return await ConnectAsync(endpoint, ((IPEndPoint)client.LocalEndPoint!).Address, deadline);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endpoint, IPAddress? source, CancellationToken deadline)
    {
        var server = FrontendSockets.NewConnection(source);
        try
        {
            await server.ConnectAsync(endpoint, deadline);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        try
        {
            while (await CopyAsync(from, to))
            {
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction must not wait for a peer that will never know.
            Abort();
            throw;
        }
    }

    /// <summary>
    /// Waits for data without holding a buffer, then moves what is there. False at the end of the stream.
    /// </summary>
    private static async Task<bool> CopyAsync(Socket from, Socket to)
    {
        await from.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int received;
            do
            {
                received = await from.ReceiveAsync(buffer.AsMemory(), SocketFlags.None);
                await SendAllAsync(to, buffer.AsMemory(0, received));
            }
            while (received == buffer.Length);

            return received > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask SendAllAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await to.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    private static void Reset(Socket? socket)
    {
        try
        {
            // Closing with no time to linger sends a reset.
            socket?.Close(timeout: 0);
        }
        catch (ObjectDisposedException)
        {
            // The other thread was faster.
        }
    }
}
