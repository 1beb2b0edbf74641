using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace MiniKube.ApiServer;

/// <summary>Every name and address clients may call this server by: what its certificate must be good for.</summary>
internal static class ServerNames
{
    /// <summary>In a stable order, each once.</summary>
    public static IReadOnlyList<string> Of(ApiServerOptions options, IPAddress advertised)
    {
        var names = new List<string>
        {
            "localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc",
            $"kubernetes.default.svc.{options.ClusterDomain}", Dns.GetHostName(),
            "127.0.0.1", "::1", advertised.ToString(), ServiceAddress(options.ServiceCidr).ToString(),
        };
        names.AddRange(HostAddresses().Select(address => address.ToString()));
        names.AddRange(options.ExtraSans);
        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The address of the <c>kubernetes</c> Service: the first of the range.</summary>
    public static IPAddress ServiceAddress(IPNetwork cidr)
    {
        var bytes = cidr.BaseAddress.GetAddressBytes();
        bytes[^1] |= 1;
        return new IPAddress(bytes);
    }

    /// <summary>
    /// The address to advertise when none is configured: the first of this host that others could reach.
    /// </summary>
    public static IPAddress DefaultAdvertised(IPAddress bound)
    {
        var any = bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any);
        return any ? HostAddresses().FirstOrDefault() ?? IPAddress.Loopback : bound;
    }

    // Bridges and tunnels of containers come and go; an address on one of them would only make the certificate change.
    private static IEnumerable<IPAddress> HostAddresses()
        => NetworkInterface.GetAllNetworkInterfaces()
            .Where(one => one.OperationalStatus == OperationalStatus.Up
                && one.NetworkInterfaceType is NetworkInterfaceType.Ethernet or NetworkInterfaceType.Wireless80211
                && !IsVirtual(one.Name))
            .SelectMany(one => one.GetIPProperties().UnicastAddresses)
            .Select(one => one.Address)
            .Where(address => address.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(address));

    private static bool IsVirtual(string name)
        => name.StartsWith("docker", StringComparison.Ordinal) || name.StartsWith("br-", StringComparison.Ordinal)
            || name.StartsWith("veth", StringComparison.Ordinal) || name.StartsWith("mk", StringComparison.Ordinal);
}
