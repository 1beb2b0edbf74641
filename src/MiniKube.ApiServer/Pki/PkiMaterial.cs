using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.ApiServer;

/// <summary>Everything that is valid at one moment: swapped whole when something is renewed.</summary>
/// <param name="Authorities">Whom to trust; the first signs, the others are there until what they signed has been replaced.</param>
/// <param name="Bridges">
/// The present authority signed by those before it: shown with the server's certificate, so that whoever only knows an old one goes on.
/// </param>
/// <param name="Server">What the server shows, with its key.</param>
/// <param name="Admin">The administrator's client certificate, with its key.</param>
/// <param name="KubeletClient">What the API server shows to nodes, with its key.</param>
/// <param name="Due">When something of this has to be renewed.</param>
internal sealed record PkiMaterial(
    ImmutableArray<X509Certificate2> Authorities,
    ImmutableArray<X509Certificate2> Bridges,
    X509Certificate2 Server,
    X509Certificate2 Admin,
    X509Certificate2 KubeletClient,
    DateTimeOffset Due)
{
    /// <summary>All authorities, the one that signs in front.</summary>
    public string BundlePem => string.Concat(Authorities.Select(PkiFiles.CertificatePem));
}
