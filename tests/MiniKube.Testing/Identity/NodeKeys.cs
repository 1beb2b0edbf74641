using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>The keys and requests of a machine that wants to be a node.</summary>
public sealed class NodeKeys(string nodeName) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string NodeName => nodeName;

    /// <summary>What to send to join.</summary>
    public JoinRequest Join(string password = "a long node password") => new()
    {
        NodeName = nodeName,
        NodePassword = password,
        ClientCsr = ClientCsr(),
        ServingCsr = ServingCsr(IPAddress.Parse("192.0.2.7")),
    };

    public string ClientCsr() => Request($"O=system:nodes, CN=system:node:{nodeName}").CreateSigningRequestPem();

    public string ServingCsr(params IPAddress[] addresses)
    {
        var request = Request($"O=system:nodes, CN=system:node:{nodeName}");
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(nodeName);
        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequestPem();
    }

    /// <summary>A request for whatever subject.</summary>
    public string CsrFor(string subject) => Request(subject).CreateSigningRequestPem();

    /// <summary>The certificate that came back, with the key it belongs to.</summary>
    public X509Certificate2 WithKey(string pem)
    {
        using var certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.CopyWithPrivateKey(_key);
    }

    public void Dispose() => _key.Dispose();

    private CertificateRequest Request(string subject) => new(subject, _key, HashAlgorithmName.SHA256);
}
