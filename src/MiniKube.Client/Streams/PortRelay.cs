using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// Port forwarding over channels: the n-th port has channel 2n for its bytes and 2n+1 for what went wrong, and each begins with
/// the port's number, as the kubelet does it. A connection is made for every port at once. Ends when all connections have.
/// https://kubernetes.io/docs/reference/kubernetes-api/ (pods/portforward), websocket form
/// </summary>
public sealed class PortRelay(
    IStreamChannels channels, IReadOnlyList<int> ports, Func<int, CancellationToken, Task<DuplexStream>> connect, TimeProvider time)
{
    private const int ChunkBytes = 32 * 1024;

    // A client that is done answers a close at once; a slow one still has to read what is on its way.
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(30);

    /// <summary>More than anybody asks for in one request; channels are numbered by a byte, and 255 has a meaning of its own.</summary>
    public const int PortsMax = 100;

    /// <summary>Ends with the socket closed.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var lanes = ports.Select((port, index) => new Lane(port, (byte)(index * 2))).ToArray();
        foreach (var lane in lanes)
        {
            await SendPortAsync(lane, end.Token);
        }

        var carrying = Task.WhenAll(lanes.Select(lane => CarryAsync(lane, end.Token)));
        var receiving = ReceiveAsync(lanes, end.Token);
        try
        {
            await await Task.WhenAny(carrying, receiving);
            await channels.CloseAsync(end.Token);

            // Cancelling the reader resets the connection, and a reset takes what the client has not read yet with it.
            await Task.WhenAny(receiving, Task.Delay(ClosePatience, time, end.Token));
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(carrying, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var lane in lanes)
            {
                await lane.DisposeAsync();
            }
        }
    }

    private async Task SendPortAsync(Lane lane, CancellationToken cancellationToken)
    {
        foreach (var channel in (byte[])[lane.Data, lane.Error])
        {
            var message = new byte[3];
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(1), (ushort)lane.Port);
            await channels.SendAsync(channel, message, cancellationToken);
        }
    }

    // One lane's failure is told on its own channel and leaves the others alone.
    private async Task CarryAsync(Lane lane, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await connect(lane.Port, cancellationToken);
            lane.Connected.SetResult(connection);
            var buffer = new byte[ChunkBytes];
            while (await connection.ReadAsync(buffer.AsMemory(1), cancellationToken) is var count and > 0)
            {
                await channels.SendAsync(lane.Data, buffer.AsMemory(0, count + 1), cancellationToken);
            }

            if (channels.Protocol.HasClose)
            {
                await channels.SendAsync(ChannelProtocol.Close, new byte[] { 0, lane.Data }, cancellationToken);
                await lane.InputEnded.Task.WaitAsync(cancellationToken);
            }
        }
        catch (Exception failure) when (failure is ApiException or IOException)
        {
            lane.Connected.TrySetResult(null);
            byte[] message = [0, .. Encoding.UTF8.GetBytes(failure.Message)];
            await channels.SendAsync(lane.Error, message, cancellationToken);
        }
    }

    private async Task ReceiveAsync(Lane[] lanes, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(ChunkBytes);
        while (await channels.ReceiveAsync(buffer, cancellationToken) is { } message)
        {
            if (message.IsEmpty)
            {
                continue;
            }

            var channel = message.Span[0];
            var body = message[1..];
            if (channel == ChannelProtocol.Close && body.Length == 1 && LaneOf(lanes, body.Span[0]) is { } ended)
            {
                await ended.EndInputAsync(cancellationToken);
            }
            else if (LaneOf(lanes, channel) is { } lane && channel == lane.Data && !body.IsEmpty)
            {
                await lane.WriteAsync(body, cancellationToken);
            }
        }
    }

    private static Lane? LaneOf(Lane[] lanes, byte channel) => channel / 2 < lanes.Length ? lanes[channel / 2] : null;

    private sealed class Lane(int port, byte data) : IAsyncDisposable
    {
        public int Port => port;

        public byte Data => data;

        public byte Error => (byte)(data + 1);

        public TaskCompletionSource<DuplexStream?> Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource InputEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            try
            {
                if (await Connected.Task.WaitAsync(cancellationToken) is { } connection)
                {
                    await connection.WriteAsync(bytes, cancellationToken);
                }
            }
            catch (IOException)
            {
                // The pod closed its end; what it has said is still on its way to the client.
                InputEnded.TrySetResult();
            }
        }

        public async Task EndInputAsync(CancellationToken cancellationToken)
        {
            if (await Connected.Task.WaitAsync(cancellationToken) is { } connection)
            {
                await connection.CompleteWritesAsync(cancellationToken);
            }

            InputEnded.TrySetResult();
        }

        public async ValueTask DisposeAsync()
        {
            if (Connected.Task.IsCompletedSuccessfully && Connected.Task.Result is { } connection)
            {
                await connection.DisposeAsync();
            }
        }
    }
}
