using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>
/// What each signer signs. Pure.
/// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
/// </summary>
internal static class SignerRules
{
    private const string ClientAuth = "client auth";
    private const string ServerAuth = "server auth";

    /// <summary>True for the signers this cluster has; what others sign is theirs.</summary>
    public static bool IsOurs(string? signerName)
        => signerName is CertificateSigners.Client or CertificateSigners.NodeClient or CertificateSigners.NodeServing;

    /// <summary>Why the signer does not sign the request; null when it does.</summary>
    public static string? Refuse(V1CertificateSigningRequest request, SigningRequest asked) => request.Spec.SignerName switch
    {
        CertificateSigners.Client => RefuseUsages(request, ClientAuth),
        CertificateSigners.NodeClient => RefuseNode(asked) ?? RefuseNames(asked) ?? RefuseUsages(request, ClientAuth),
        CertificateSigners.NodeServing => RefuseNode(asked) ?? RefuseHosts(asked) ?? RefuseUsages(request, ServerAuth),
        _ => $"this cluster has no signer {request.Spec.SignerName}",
    };

    private static string? RefuseNode(SigningRequest asked)
    {
        if (asked.Organizations is not [CertificateSigners.NodesGroup])
        {
            return $"organization is not {CertificateSigners.NodesGroup}";
        }

        return CertificateSigners.NodeNameOf(asked.CommonName) is null
            ? $"subject common name does not begin with {CertificateSigners.NodeUserPrefix}"
            : null;
    }

    private static string? RefuseNames(SigningRequest asked)
        => asked.HasNoAlternativeNames ? null : "subjectAltNames are not allowed";

    private static string? RefuseHosts(SigningRequest asked)
    {
        if (asked.HasOtherNames)
        {
            return "only DNS names and IP addresses are allowed as subjectAltNames";
        }

        return asked.DnsNames.IsEmpty && asked.Addresses.IsEmpty
            ? "at least one DNS or IP subjectAltName is required"
            : null;
    }

    private static string? RefuseUsages(V1CertificateSigningRequest request, string required)
    {
        var usages = request.Spec.Usages ?? [];
        if (!usages.Contains(required))
        {
            return $"usages did not include {required}";
        }

        return usages.FirstOrDefault(usage => usage != required && usage is not ("digital signature" or "key encipherment")) is { } other
            ? $"invalid usage for this certificate: {other}"
            : null;
    }
}
