using System.Globalization;
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

    /// <summary>
    /// What is wrong when a certificate is due that was made just now, in words that stay the same from one try to the next; null
    /// when it is not due: this machine's clock is far ahead of the one it was made by.
    /// </summary>
    public static string? ClockProblem(X509Certificate2 justMade, DateTimeOffset now)
        => IsDue(justMade, now)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"this machine's clock is {(now - justMade.NotBefore.ToUniversalTime()).Days} days ahead of the servers', "
                + $"so that what they certify is due here at once; set the clocks of both")
            : null;

    /// <summary>True when it is good for the address.</summary>
    public static bool IsFor(X509Certificate2 certificate, IPAddress address)
        => certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(names => names.EnumerateIPAddresses().Contains(address));
}
