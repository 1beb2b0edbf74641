using System.Security.Cryptography.X509Certificates;

namespace MiniKube;

/// <summary>Where a cluster is and who we are to it: one context of a kubeconfig.</summary>
internal sealed record ClusterAccess
{
    public required Uri Server { get; init; }

    /// <summary>The namespace when nobody names one.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The only authorities to trust; null trusts those of the system.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    public bool SkipTlsVerify { get; init; }

    /// <summary>With its private key; null when the token tells who we are.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    public string? Token { get; init; }
}
