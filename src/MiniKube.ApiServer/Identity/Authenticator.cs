using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Finds out who sends a request: by client certificate of the cluster's own authority, or by bearer token.
/// </summary>
internal sealed class Authenticator(Func<IEnumerable<X509Certificate2>> authorities, JoinTokens tokens, ServiceAccountTokens accounts)
{
    private const string BearerPrefix = "Bearer ";
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";

    private static readonly UserInfo Admin = new("system:admin", [UserInfo.Masters, UserInfo.Authenticated]);

    /// <summary>
    /// The user of an Authorization header; null when it is no valid credential. Takes the same time whatever the token
    /// is.
    /// </summary>
    public UserInfo? FromAuthorization(string header)
    {
        if (!header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return FromToken(header[BearerPrefix.Length..].Trim());
    }

    /// <summary>The user of a bearer token; null when it is no valid one. Takes the same time whatever the token is.</summary>
    public UserInfo? FromToken(string token)
        => tokens.IsAdmin(token) ? Admin : tokens.FindBootstrapper(token) ?? accounts.Find(token);

    /// <summary>
    /// The same for a token that has to be for one of the audiences, and for which of them it is. Tokens that name none are for this
    /// server.
    /// </summary>
    public (UserInfo? User, IReadOnlyList<string> Audiences) FromToken(string token, IReadOnlyCollection<string> audiences)
    {
        if (audiences.Count == 0)
        {
            return (FromToken(token), []);
        }

        var plain = tokens.IsAdmin(token) ? Admin : tokens.FindBootstrapper(token);
        return plain is null
            ? (accounts.Find(token, audiences), accounts.AudiencesOf(token, audiences))
            : audiences.Contains(accounts.Issuer) ? (plain, [accounts.Issuer]) : (null, []);
    }

    /// <summary>
    /// The user a certificate names; null when it was not issued by this cluster.
    /// </summary>
    /// <exception cref="ApiException">Unauthorized: it is not valid at this time.</exception>
    public UserInfo? FromCertificate(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        foreach (var authority in authorities())
        {
            chain.ChainPolicy.CustomTrustStore.Add(authority);
        }

        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        if (chain.Build(certificate))
        {
            return Of(certificate.SubjectName);
        }

        return chain.ChainStatus.All(static status => status.Status == X509ChainStatusFlags.NotTimeValid)
            ? throw NotNow(certificate)
            : null;
    }

    private static ApiException NotNow(X509Certificate2 certificate) => new(StatusReason.Unauthorized,
        $"the client certificate of {certificate.Subject} is good from {certificate.NotBefore.ToUniversalTime():u} to "
        + $"{certificate.NotAfter.ToUniversalTime():u}, which is not now by the server's clock: it ran out, or the clocks differ");

    private static UserInfo? Of(X500DistinguishedName subject)
    {
        var parts = subject.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements)
            .Select(part => (Oid: part.GetSingleElementType().Value, Value: part.GetSingleElementValue() ?? ""))
            .ToList();
        var name = parts.FirstOrDefault(part => part.Oid == CommonNameOid).Value;
        var groups = parts.Where(part => part.Oid == OrganizationOid).Select(part => part.Value);
        return string.IsNullOrEmpty(name) ? null : new UserInfo(name, [.. groups, UserInfo.Authenticated]);
    }
}
