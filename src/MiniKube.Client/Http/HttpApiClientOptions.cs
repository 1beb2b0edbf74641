using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Client;

/// <summary>Where the API servers of a cluster are and how to prove who one is.</summary>
public sealed record HttpApiClientOptions
{
    /// <summary>
    /// The servers, the one to try first in front: <c>https://10.0.0.1:6443</c>. With none, every request fails as if no server
    /// answered.
    /// </summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>
    /// The only authorities whose server certificates are trusted; nothing else the machine trusts counts.
    /// </summary>
    public required X509Certificate2Collection CertificateAuthorities { get; init; }

    /// <summary>The certificate, with its private key, to show to the server; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The bearer token to send; null for none.</summary>
    public string? BearerToken { get; init; }
}
