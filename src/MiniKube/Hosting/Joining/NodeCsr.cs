using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube;

/// <summary>
/// Certificate signing requests of a node, as the kubelet makes them.
/// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers
/// </summary>
internal static class NodeCsr
{
    /// <summary>ECDSA P-256, as the cluster's own keys.</summary>
    public static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>PEM: for the certificate the node shows to servers.</summary>
    public static string Client(string nodeName, ECDsa key) => Request(nodeName, key).CreateSigningRequestPem();

    /// <summary>PEM: for the certificate the node shows to those who ask it, under its name and its addresses.</summary>
    public static string Serving(string nodeName, IEnumerable<IPAddress> addresses, ECDsa key)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(nodeName);
        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }

        var request = Request(nodeName, key);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequestPem();
    }

    private static CertificateRequest Request(string nodeName, ECDsa key)
        => new($"O=system:nodes, CN=system:node:{nodeName}", key, HashAlgorithmName.SHA256);
}
