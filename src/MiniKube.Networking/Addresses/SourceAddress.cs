using System.Net;
using System.Net.Sockets;

namespace MiniKube.Networking;

/// <summary>Which of this machine's addresses others see when it talks to them.</summary>
public static class SourceAddress
{
    // Of the range for documentation (RFC 5737), which is nowhere: the way to it is the default route.
    private const string Elsewhere = "192.0.2.1";
    private const int AnyPort = 9;

    /// <summary>
    /// The address to be known by in a cluster whose server is at the host: the one its packets come from, or when that is this
    /// very machine, the one of the default route.
    /// </summary>
    public static async Task<IPAddress?> AsNodeAsync(string host, int port, CancellationToken cancellationToken)
    {
        var towards = await TowardsAsync(host, port, cancellationToken);
        return towards is not null && IPAddress.IsLoopback(towards)
            ? await TowardsAsync(Elsewhere, AnyPort, cancellationToken) ?? towards
            : towards;
    }

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
