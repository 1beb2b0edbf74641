using System.Net.Sockets;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>Opens a connection; that it opens is success.</summary>
internal static class TcpProbe
{
    public static async Task<ProbeResult> ProbeAsync(
        V1TCPSocketAction action, ProbeTarget target, CancellationToken cancellationToken)
    {
        var host = action.Host is { Length: > 0 } given ? given : target.Address.ToString();
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, ProbeAddress.PortOf(action.Port, target.Container), cancellationToken);
            return ProbeResult.Success();
        }
        catch (SocketException refused)
        {
            return ProbeResult.Failure(Describe(refused, ProbeAddress.EndPointOf(action.Host, action.Port, target)));
        }
    }

    /// <summary>A failed connection in the words users find in search engines.</summary>
    public static string Describe(SocketException failure, string endPoint)
        => $"dial tcp {endPoint}: connect: {failure.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.HostUnreachable => "no route to host",
            SocketError.NetworkUnreachable => "network is unreachable",
            SocketError.TimedOut => "connection timed out",
            _ => failure.Message,
        }}";
}
