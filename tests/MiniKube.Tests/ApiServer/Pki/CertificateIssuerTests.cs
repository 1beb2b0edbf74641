using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MiniKube.Api;
using MiniKube.ApiServer;
using MiniKube.Client;

namespace MiniKube.Tests.ApiServer.Pki;

public sealed class CertificateIssuerTests
{
    [Test]
    public void A_request_with_a_key_of_another_kind_is_signed()
    {
        var issuer = new CertificateIssuer(TimeProvider.System);
        using var authority = issuer.MakeAuthority("authority");
        using var key = RSA.Create(2048);
        var asked = new CertificateRequest("O=dev, CN=jane", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSigningRequestPem();
        var order = new CertificateOrder(
            "kubernetes.io/kube-apiserver-client", SigningRequest.Parse(Encoding.ASCII.GetBytes(asked)), ["client auth"], Life: null);

        using var certificate = issuer.MakeOrdered(authority, order, hosts: []);

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.That(chain.Build(certificate), Is.True);
        Assert.That(certificate.PublicKey.GetRSAPublicKey(), Is.Not.Null);
    }
}
