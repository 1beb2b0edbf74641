using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>Which of this machine's addresses others see when it talks to them.</summary>
public static class SourceAddress
{
    /// <summary>
    /// The address this machine's routes choose for packets to the host; null when there is no route, or the name is not known.
    /// Nothing is sent.
    /// </summary>
    public static async Task<IPAddress?> TowardsAsync(string host, int port, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken);
            var address = ((IPEndPoint?)socket.LocalEndPoint)?.Address;
            return address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
