using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace MiniKube.IntegrationTests;

/// <summary>What requests of one connection share.</summary>
public sealed class ConnectionTests : HttpFixture
{
    [Test, CancelAfter(60_000)]
    public async Task Requests_that_come_together_as_the_first_of_a_connection_are_all_answered(CancellationToken cancellationToken)
    {
        var admin = Cluster.Server.AdminCredentials;
        using var pair = X509Certificate2.CreateFromPem(admin.ClientCertificatePem, admin.ClientKeyPem);
        using var certificate = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pfx), password: null);
        for (var round = 0; round < 150; round++)
        {
            using var http = Cluster.HttpClient(certificate);
            http.DefaultRequestVersion = HttpVersion.Version20;
            http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;

            var codes = await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
            {
                using var answer = await http.GetAsync(new Uri(ConfigMaps, UriKind.Relative), cancellationToken);
                return answer.StatusCode;
            }));

            Assert.That(codes, Has.All.EqualTo(HttpStatusCode.OK));
        }
    }
}
