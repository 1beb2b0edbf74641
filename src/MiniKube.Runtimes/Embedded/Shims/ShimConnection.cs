using System.Net.Sockets;

namespace MiniKube.Runtimes;

/// <summary>A connection to a shim. One request at a time; after that the frames belong to whoever asked.</summary>
internal sealed class ShimConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _header = new byte[Wire.HeaderBytes];

    private ShimConnection(Socket socket) => _socket = socket;

    /// <summary>Connects to the shim of a sandbox's directory; null when none listens there.</summary>
    public static async Task<ShimConnection?> TryConnectAsync(string directory, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(directory, SandboxFiles.Socket)))
        {
            return null;
        }

        // An address has room for 107 bytes; through the descriptor the directory's path can be of any length.
        using var handle = LayerCalls.OpenRoot(directory);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var path = $"/proc/self/fd/{(int)handle.DangerousGetHandle()}/{SandboxFiles.Socket}";
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new ShimConnection(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and returns the payload of its answer.</summary>
    /// <exception cref="RuntimeException">The shim could not do it, or is gone.</exception>
    public async Task<BinaryReader> AskAsync(
        FrameKind kind, Action<BinaryWriter>? write, CancellationToken cancellationToken)
    {
        await SendAsync(Wire.Frame(kind, write), cancellationToken);
        var answer = await ReceiveAsync(cancellationToken) ?? throw Gone();
        var reader = Wire.Reader(answer.Payload);
        return answer.Kind == FrameKind.Done ? reader : throw Understand(reader);
    }

    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        try
        {
            while (frame.Length > 0)
            {
                frame = frame[await _socket.SendAsync(frame, cancellationToken)..];
            }
        }
        catch (SocketException cause)
        {
            throw Gone(cause);
        }
    }

    /// <summary>The next frame; null at the end of the connection.</summary>
    public async Task<(FrameKind Kind, byte[] Payload)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(_header, cancellationToken))
        {
            return null;
        }

        var length = Wire.PayloadLength(_header);
        var payload = new byte[length >= 0 ? length : throw Gone()];
        return await FillAsync(payload, cancellationToken) ? ((FrameKind)_header[4], payload) : null;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public static RuntimeException Gone(Exception? cause = null)
        => new(RuntimeError.NotFound, "the sandbox's monitor is gone; the pod has to be started again", cause);

    private async Task<bool> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            while (buffer.Length > 0)
            {
                var length = await _socket.ReceiveAsync(buffer, cancellationToken);
                if (length == 0)
                {
                    return false;
                }

                buffer = buffer[length..];
            }

            return true;
        }
        catch (SocketException)
        {
            return false; // Reset: it was killed.
        }
    }

    private static RuntimeException Understand(BinaryReader failure)
    {
        var error = (FailureKind)failure.ReadByte() switch
        {
            FailureKind.CannotRun => RuntimeError.CannotRun,
            FailureKind.NotFound => RuntimeError.NotFound,
            _ => RuntimeError.Failed,
        };
        return new RuntimeException(error, failure.ReadString());
    }
}
