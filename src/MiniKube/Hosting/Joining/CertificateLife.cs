using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube;

/// <summary>When a certificate of a node must be replaced. Pure.</summary>
internal static class CertificateLife
{
    /// <summary>True once two thirds of the life are over.</summary>
    public static bool IsDue(X509Certificate2 certificate, DateTimeOffset now) => now >= DueAt(certificate);

    /// <summary>When two thirds of the life are over.</summary>
    public static DateTimeOffset DueAt(X509Certificate2 certificate)
    {
        var end = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        return end - ((end - certificate.NotBefore.ToUniversalTime()) / 3);
    }

    /// <summary>True when nobody accepts it any more.</summary>
    public static bool IsOver(X509Certificate2 certificate, DateTimeOffset now)
        => now >= new DateTimeOffset(certificate.NotAfter.ToUniversalTime());

    /// <summary>True when it is good for the address.</summary>
    public static bool IsFor(X509Certificate2 certificate, IPAddress address)
        => certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(names => names.EnumerateIPAddresses().Contains(address));
}
