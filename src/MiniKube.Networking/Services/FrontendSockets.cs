using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>Makes the sockets Services are reached at.</summary>
internal static class FrontendSockets
{
    private const int LevelIP = 0;
    private const int OptionFreeBind = 15;

    /// <summary>A socket bound to the address.</summary>
    /// <exception cref="SocketException">The port is taken.</exception>
    public static Socket Bind(FrontendAddress address)
    {
        var (type, protocol) = address.Protocol == ProxyProtocol.Tcp
            ? (SocketType.Stream, ProtocolType.Tcp)
            : (SocketType.Dgram, ProtocolType.Udp);
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            if (!address.IsNodePort)
            {
                ShareClusterIp(socket);
            }

            socket.Bind(new IPEndPoint(address.Address, address.Port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Cluster IPs belong to this instance alone: they may be bound before the route to them exists, and beside a
    /// wildcard listener of ours on the same port, over which they win. Node ports are the machine's: there a taken
    /// port must be noticed.
    /// </summary>
    private static void ShareClusterIp(Socket socket)
    {
        ReadOnlySpan<byte> on = [1, 0, 0, 0];
        socket.SetRawSocketOption(LevelIP, OptionFreeBind, on);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
    }
}
