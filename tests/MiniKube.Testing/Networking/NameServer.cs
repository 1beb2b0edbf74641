using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MiniKube.Testing;

/// <summary>
/// A server that says its name and then returns what it gets, over TCP until the client's end of stream, over UDP per
/// datagram (name and colon before it).
/// </summary>
public sealed class NameServer : IAsyncDisposable
{
    private readonly string _name;
    private readonly Socket _socket;
    private readonly Lock _gate = new();
    private readonly List<Task> _tasks = [];
    private readonly List<Socket> _clients = [];
    private readonly List<IPAddress> _seen = [];

    private NameServer(string name, Socket socket)
    {
        _name = name;
        _socket = socket;
    }

    /// <summary>Serves on the bound socket; a stream socket is set listening.</summary>
    public static NameServer Start(string name, Socket socket)
    {
        var server = new NameServer(name, socket);
        if (socket.SocketType == SocketType.Stream)
        {
            socket.Listen();
        }

        server._tasks.Add(socket.SocketType == SocketType.Stream ? server.AcceptAsync() : server.AnswerAsync());
        return server;
    }

    /// <summary>The addresses that connections came from, in order.</summary>
    public IReadOnlyList<IPAddress> Clients
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        Task[] tasks;
        lock (_gate)
        {
            _clients.ForEach(client => client.Dispose());
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        try
        {
            while (true)
            {
                var client = await _socket.AcceptAsync();
                lock (_gate)
                {
                    _clients.Add(client);
                    _seen.Add(((IPEndPoint)client.RemoteEndPoint!).Address);
                    _tasks.Add(EchoAsync(client));
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task EchoAsync(Socket client)
    {
        await Task.Yield();
        try
        {
            using var stream = new NetworkStream(client, ownsSocket: true);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(_name + "\n"));
            await stream.CopyToAsync(stream);
            client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
        {
        }
    }

    private async Task AnswerAsync()
    {
        await Task.Yield();
        var buffer = new byte[65_535];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                byte[] answer = [.. Encoding.ASCII.GetBytes(_name + ":"), .. buffer.AsSpan(0, received.ReceivedBytes)];
                await _socket.SendToAsync(answer, received.RemoteEndPoint);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
        }
    }
}
