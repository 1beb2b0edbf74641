using System.Net;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>Signs what controllers approved, with the authority of the moment.</summary>
internal sealed class CertificateSigner(Func<ClusterPki> pki) : ICertificateSigner
{
    public string Sign(CertificateOrder order)
    {
        var authority = pki();
        using var certificate = authority.Issuer.MakeOrdered(authority.Authority, order, HostsOf(order, authority.ServerNames));
        return PkiFiles.CertificatePem(certificate);
    }

    /// <summary>
    /// The names and addresses a serving certificate gets: those asked for, without loopback and without those by which
    /// clients know a server. Everybody who trusts the authority would believe a node that shows them.
    /// </summary>
    internal static IReadOnlyList<string> HostsOf(CertificateOrder order, IEnumerable<string> serverNames)
    {
        var reserved = serverNames.ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. order.Request.DnsNames.Where(name => !reserved.Contains(name)),
            .. order.Request.Addresses.Where(address => !IPAddress.IsLoopback(address))
                .Select(address => address.ToString()).Where(address => !reserved.Contains(address)),
        ];
    }
}
