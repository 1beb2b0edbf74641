using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MiniKube.Testing;

/// <summary>The client's side of <see cref="NameServer"/>.</summary>
public sealed class NameClient : IDisposable
{
    private readonly NetworkStream _stream;

    private NameClient(Socket socket, NetworkStream stream, string server)
    {
        Socket = socket;
        _stream = stream;
        Server = server;
    }

    public Socket Socket { get; }

    /// <summary>The name of the server that answered.</summary>
    public string Server { get; }

    /// <summary>Connects from this machine itself.</summary>
    public static Task<NameClient> ConnectAsync(IPEndPoint address, CancellationToken cancellationToken)
        => ConnectAsync(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), address, cancellationToken);

    /// <summary>Connects the socket, which may be in another namespace, and waits for the server's name.</summary>
    /// <exception cref="SocketException">Refused, reset, or no such route.</exception>
    public static async Task<NameClient> ConnectAsync(Socket socket, IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            var name = new List<byte>();
            var one = new byte[1];
            do
            {
                var read = await socket.ReceiveAsync(one.AsMemory(), SocketFlags.None, cancellationToken);
                name.Add(read == 1 ? one[0] : throw new SocketException((int)SocketError.ConnectionReset));
            }
            while (one[0] != '\n');

            return new NameClient(
                socket, new NetworkStream(socket, ownsSocket: true), Encoding.ASCII.GetString([.. name]).TrimEnd());
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The name of the server that answers at the address, or the error's name.</summary>
    public static async Task<string> AskAsync(IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = await ConnectAsync(address, cancellationToken);
            return client.Server;
        }
        catch (SocketException error)
        {
            return error.SocketErrorCode.ToString();
        }
    }

    /// <summary>What comes back for the text.</summary>
    public async Task<string> EchoAsync(string text, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
        var answer = new byte[text.Length];
        await _stream.ReadExactlyAsync(answer, cancellationToken);
        return Encoding.ASCII.GetString(answer);
    }

    /// <summary>
    /// Sends the bytes and the end of the stream while reading; returns everything up to the server's end.
    /// </summary>
    public async Task<byte[]> TransferAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var received = new MemoryStream();
        await Task.WhenAll(SendAsync(bytes, cancellationToken), _stream.CopyToAsync(received, cancellationToken));
        return received.ToArray();
    }

    public void Dispose() => _stream.Dispose();

    private async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken);
        Socket.Shutdown(SocketShutdown.Send);
    }
}
