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
    public static Socket Bind(FrontendAddress address, bool isExternal = false)
    {
        var socket = NewSocket(address.Protocol);
        try
        {
            if (!address.IsNodePort)
            {
                // An address that is not here yet may come.
                socket.SetRawSocketOption(LevelIP, OptionFreeBind, On);
            }

            if (!isExternal)
            {
                // Cluster IPs belong to this instance alone: they may be bound beside a wildcard listener of ours on
                // the same port, over which they win. The others are the machine's: there a taken port is noticed.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
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
    /// Why the port cannot be listened on at an address of this machine, because a program does; null when it can, or
    /// when the address is not of this machine. Connections that use the port for something else do not count.
    /// </summary>
    public static string? FindListener(FrontendAddress address)
    {
        if (address.Protocol == ProxyProtocol.Sctp)
        {
            return null; // .NET has no such sockets.
        }

        using var socket = NewSocket(address.Protocol);
        try
        {
            if (address.Protocol == ProxyProtocol.Tcp)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            }

            socket.Bind(new IPEndPoint(address.Address, address.Port));
            return null;
        }
        catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return taken.Message;
        }
        catch (SocketException elsewhere) when (elsewhere.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            return null;
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

    private static Socket NewSocket(ProxyProtocol protocol)
        => protocol == ProxyProtocol.Tcp
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
}
