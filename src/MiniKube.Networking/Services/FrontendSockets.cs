using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>Makes the sockets Services are reached at.</summary>
internal static class FrontendSockets
{
    private const int LevelIP = 0;
    private const int OptionFreeBind = 15;
    private const int OptionBindAddressNoPort = 24;
    private const int KeepAliveSeconds = 60;
    private const int KeepAliveIntervalSeconds = 10;

    private static ReadOnlySpan<byte> On => [1, 0, 0, 0];

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
    /// For a connection to an endpoint, from the given address of this machine or the kernel's choice.
    /// </summary>
    public static Socket NewConnection(IPAddress? source)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        SetUpRelayed(socket);
        if (source is not null)
        {
            // The port is chosen when the destination is known, so that it only has to be free towards that.
            socket.SetRawSocketOption(LevelIP, OptionBindAddressNoPort, On);
            socket.Bind(new IPEndPoint(source, 0));
        }

        return socket;
    }

    /// <summary>
    /// Small answers leave at once, and a peer that vanishes is noticed: a killed pod says no goodbye.
    /// </summary>
    public static void SetUpRelayed(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
    }

    /// <summary>
    /// Cluster IPs belong to this instance alone: they may be bound before the route to them exists, and beside a
    /// wildcard listener of ours on the same port, over which they win. Node ports are the machine's: there a taken
    /// port must be noticed.
    /// </summary>
    private static void ShareClusterIp(Socket socket)
    {
        socket.SetRawSocketOption(LevelIP, OptionFreeBind, On);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
    }
}
