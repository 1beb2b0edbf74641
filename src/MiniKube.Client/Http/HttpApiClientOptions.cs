using System.Security.Cryptography.X509Certificates;

namespace MiniKube.Client;

/// <summary>Where an API server is and how to prove who one is.</summary>
public sealed record HttpApiClientOptions
{
    /// <summary>The server: <c>https://10.0.0.1:6443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>
    /// The only authority whose server certificates are trusted; nothing else the machine trusts counts.
    /// </summary>
    public required X509Certificate2 CertificateAuthority { get; init; }

    /// <summary>The certificate, with its private key, to show to the server; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The bearer token to send; null for none.</summary>
    public string? BearerToken { get; init; }
}
