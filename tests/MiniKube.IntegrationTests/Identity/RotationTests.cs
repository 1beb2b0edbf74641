using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using MiniKube.Api;
using MiniKube.Testing;

namespace MiniKube.IntegrationTests;

/// <summary>Certificates are renewed under a running server, over real TLS.</summary>
public sealed class RotationTests
{
    [Test, CancelAfter(60_000)]
    public async Task A_new_authority_breaks_no_client_and_reaches_everybody(CancellationToken cancellationToken)
    {
        await using var cluster = await ControlPlaneCluster.StartAsync(cancellationToken);
        var server = cluster.Server.Server;
        var before = server.AdminCredentials;
        using var old = ClientOf(cluster.Server, before.CertificateAuthorityPem, before.ClientCertificatePem, before.ClientKeyPem);
        var told = 0;
        server.CredentialsChanged += () => Interlocked.Increment(ref told);

        server.RotateCertificates(authority: true);

        var after = server.AdminCredentials;
        using var present = ClientOf(cluster.Server, after.CertificateAuthorityPem, after.ClientCertificatePem, after.ClientKeyPem);
        var bundle = await old.GetStringAsync("/cacerts", cancellationToken);
        using var nodes = await present.GetAsync("/api/v1/nodes", cancellationToken);
        Assert.That(nodes.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(bundle, Does.StartWith(X509Certificate2.CreateFromPem(after.CertificateAuthorityPem).ExportCertificatePem()));
        Assert.That(bundle, Does.Contain(before.CertificateAuthorityPem.Trim()));
        Assert.That(told, Is.EqualTo(1));
        Assert.That(after.ClientCertificatePem, Is.Not.EqualTo(before.ClientCertificatePem));
        await Eventually.HoldsAsync(
            "pods get the new authority",
            async () => (await cluster.Client.FindAsync<V1ConfigMap>(new ObjectKey("default", "kube-root-ca.crt"), cancellationToken))
                ?.Data["ca.crt"] == bundle,
            cancellationToken);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_clock_moved_past_the_certificates_end_is_noticed_at_the_next_handshake(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var cluster = await TestCluster.StartAsync(time, cancellationToken);
        var before = await ShownAsync(cluster, cancellationToken);

        time.Advance(TimeSpan.FromDays(400));
        var after = await ShownAsync(cluster, cancellationToken);

        Assert.That(before.NotAfter, Is.LessThan(time.GetUtcNow().LocalDateTime));
        Assert.That(after.NotAfter, Is.GreaterThan(time.GetUtcNow().LocalDateTime));
    }

    private static async Task<X509Certificate2> ShownAsync(TestCluster cluster, CancellationToken cancellationToken)
    {
        X509Certificate2? shown = null;
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    shown = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
                    return true;
                },
            },
        };
        using var http = new HttpClient(handler) { BaseAddress = cluster.Url };
        await http.GetStringAsync("/livez", cancellationToken);
        return shown!;
    }

    private static HttpClient ClientOf(TestCluster cluster, string authorities, string certificate, string key)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(authorities);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(trusted);
        return new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { CertificateChainPolicy = policy, ClientCertificates = [X509Certificate2.CreateFromPem(certificate, key)] },
        })
        {
            BaseAddress = cluster.Url,
        };
    }
}
