using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>The two sockets of the server, at one address and port.</summary>
internal sealed record DnsSockets(Socket Datagrams, Socket Streams)
{
    private const int Backlog = 256;

    /// <param name="address">Of this machine, now or later.</param>
    /// <param name="port">0 takes one that is free for both.</param>
    /// <exception cref="SocketException">The port is taken, or not ours to take.</exception>
    public static DnsSockets Open(IPAddress address, int port)
    {
        var streams = FrontendSockets.Bind(new FrontendAddress(ProxyProtocol.Tcp, address, port));
        try
        {
            var chosen = ((IPEndPoint)streams.LocalEndPoint!).Port;
            var datagrams = FrontendSockets.Bind(new FrontendAddress(ProxyProtocol.Udp, address, chosen));
            streams.Listen(Backlog);
            return new DnsSockets(datagrams, streams);
        }
        catch
        {
            streams.Dispose();
            throw;
        }
    }
}
