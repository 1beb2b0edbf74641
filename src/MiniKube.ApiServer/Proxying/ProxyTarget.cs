using System.Net;
using System.Net.Sockets;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Where a proxied request goes.</summary>
/// <param name="Authority">Scheme, host and port.</param>
/// <param name="NodeName">Whose pod network it is in; null for an address anybody reaches.</param>
internal sealed record ProxyTarget(Uri Authority, string? NodeName)
{
    /// <summary>True for the node's own HTTPS endpoint, which is asked as the API server.</summary>
    public bool IsKubelet { get; init; }

    /// <exception cref="ApiException">BadRequest: it is no address of a machine or pod, but one of this server itself.</exception>
    public static ProxyTarget At(bool isHttps, string? address, int port, string? nodeName)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            throw new ApiException(StatusReason.ServiceUnavailable, "address not allowed: it has none yet") { RetryAfterSeconds = 1 };
        }

        if (IsOwn(ip))
        {
            throw new ApiException(StatusReason.BadRequest, $"address not allowed: {ip}");
        }

        return new ProxyTarget(new Uri($"{(isHttps ? "https" : "http")}://{new IPEndPoint(ip, port)}"), nodeName);
    }

    // As Kubernetes: whoever may proxy must not reach what listens on the server for itself alone, nor a cloud's metadata.
    private static bool IsOwn(IPAddress address)
        => IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            || address.IsIPv6LinkLocal || address.IsIPv6Multicast
            || (address.AddressFamily == AddressFamily.InterNetwork
                && address.GetAddressBytes() is [169, 254, ..] or [>= 224 and < 240, ..] or [255, 255, 255, 255]);
}
