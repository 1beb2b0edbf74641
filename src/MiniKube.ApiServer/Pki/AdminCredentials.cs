namespace MiniKube.ApiServer;

/// <summary>How an administrator reaches the server: what a kubeconfig holds. PEM texts.</summary>
/// <param name="CertificateAuthorityPem">The only authority the server's certificate can be checked against.</param>
/// <param name="ClientCertificatePem">Of a member of <c>system:masters</c>.</param>
/// <param name="ClientKeyPem">Secret.</param>
/// <param name="Token">Secret: the administrator's bearer token.</param>
public sealed record AdminCredentials(
    string CertificateAuthorityPem, string ClientCertificatePem, string ClientKeyPem, string Token)
{
    /// <summary>Says nothing: the record holds secrets.</summary>
    public override string ToString() => nameof(AdminCredentials);
}
