using System.Net;

namespace MiniKube;

/// <summary>Where pods ask for names.</summary>
internal static class ClusterDnsAddress
{
    // As k3s and kubeadm have it.
    private const byte Tenth = 10;

    /// <summary>
    /// The address asked for, else the tenth of the range of Services; null when the cluster has no DNS and nobody named another.
    /// </summary>
    /// <exception cref="CommandException">The cluster's own DNS cannot be at the address asked for.</exception>
    public static IPAddress? Choose(ServerSettings asked, IPNetwork services)
    {
        if (asked.Disabled.Contains(OptionalPart.Dns))
        {
            return asked.ClusterDns;
        }

        var address = asked.ClusterDns ?? TenthOf(services);
        return services.Contains(address)
            ? address
            : throw new CommandException(
                $"--cluster-dns {address} is not in {services}, the range of Services; name an address of it, "
                + "or add --disable dns if another server answers there");
    }

    private static IPAddress TenthOf(IPNetwork services)
    {
        var bytes = services.BaseAddress.GetAddressBytes();
        bytes[^1] += Tenth;
        return new IPAddress(bytes);
    }
}
