using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;

namespace MiniKube.Node;

/// <summary>
/// Who may use the node's endpoint: the API server, and administrators, each by a client certificate of the cluster. Nobody else,
/// other nodes included: whoever gets through here runs commands in every pod of the node.
/// </summary>
internal sealed class KubeletClients(Func<X509Certificate2Collection> authorities)
{
    private const string ApiServer = "system:kube-apiserver";
    private const string Administrators = "system:masters";
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280, section 4.2.1.12

    private readonly ConditionalWeakTable<X509Certificate2, object> _checked = [];

    /// <exception cref="ApiException">Unauthorized: no certificate, or not of the cluster. Forbidden: somebody else's.</exception>
    public void Require(HttpContext context)
    {
        // A chain check costs as much as a hundred requests: once for a connection, whose requests share one certificate object.
        var certificate = context.Connection.ClientCertificate;
        if (certificate is not null && _checked.TryGetValue(certificate, out _))
        {
            return;
        }

        if (certificate is null || !IsOfTheCluster(certificate))
        {
            throw new ApiException(StatusReason.Unauthorized, "Unauthorized: a client certificate of the cluster is needed");
        }

        Check(certificate.SubjectName, context.Request.Path);
        _checked.AddOrUpdate(certificate, certificate);
    }

    private static void Check(X500DistinguishedName subject, PathString path)
    {
        var parts = subject.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements)
            .Select(part => (Oid: part.GetSingleElementType().Value, Value: part.GetSingleElementValue() ?? ""))
            .ToList();
        var name = parts.FirstOrDefault(part => part.Oid == CommonNameOid).Value ?? "";
        if (name != ApiServer && !parts.Contains((OrganizationOid, Administrators)))
        {
            throw new ApiException(
                StatusReason.Forbidden, $"forbidden: User \"{name}\" cannot use \"{path}\" of this node: only the API server may");
        }
    }

    private bool IsOfTheCluster(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return chain.Build(certificate);
    }
}
