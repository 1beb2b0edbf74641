using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>
/// A server of the join protocol and of nothing else, on a loopback port: an authority of its own, one token, node passwords.
/// </summary>
public sealed class FakeJoinServer : IAsyncDisposable
{
    private readonly Dictionary<string, string> _passwords = [];
    private readonly WebApplication _server;

    private FakeJoinServer(X509Certificate2 authority, WebApplication server)
    {
        Authority = authority;
        _server = server;
    }

    /// <summary>Who signs.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>What lets a machine in.</summary>
    public string Credentials { get; } = "node:letmein";

    /// <summary>The same in the long form, with the authority's hash.</summary>
    public string Token => $"K10{Authority.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}::{Credentials}";

    /// <summary>Where it answers.</summary>
    public Uri Url => new(_server.Urls.Single());

    /// <summary>The joins that were let in.</summary>
    public List<JoinRequest> Joins { get; } = [];

    /// <summary>Starts it.</summary>
    /// <param name="host">The name or address its certificate is good for.</param>
    /// <param name="validFrom">The start of its certificate's life; an hour ago when null.</param>
    public static async Task<FakeJoinServer> StartAsync(string host = "127.0.0.1", DateTimeOffset? validFrom = null)
    {
        var authority = MakeAuthority();
        var shown = MakeServer(authority, host, validFrom ?? TimeProvider.System.GetUtcNow().AddHours(-1));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(shown);
        }));
        var fake = new FakeJoinServer(authority, builder.Build());
        fake._server.MapGet("/cacerts", () => authority.ExportCertificatePem());
        fake._server.MapPost("/minikube/v1/join", fake.JoinAsync);
        await fake._server.StartAsync();
        return fake;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Authority.Dispose();
    }

    private async Task JoinAsync(HttpContext context)
    {
        if (context.Request.Headers.Authorization != $"Bearer {Credentials}")
        {
            await RefuseAsync(context, 401, "Unauthorized");
            return;
        }

        var join = (await context.Request.ReadFromJsonAsync(JoinJson.Default.JoinRequest))!;
        if (_passwords.TryGetValue(join.NodeName, out var password) && password != join.NodePassword)
        {
            await RefuseAsync(context, 403, $"node {join.NodeName} is taken by another machine");
            return;
        }

        _passwords[join.NodeName] = join.NodePassword;
        Joins.Add(join);
        var answer = new JoinAnswer
        {
            ClientCertificate = Sign(join.ClientCsr),
            ServingCertificate = Sign(join.ServingCsr),
            CertificateAuthorities = Authority.ExportCertificatePem(),
            Cluster = new ClusterFacts { ClusterCidr = "10.42.0.0/16", ServiceCidr = "10.43.0.0/16", ClusterDns = "10.43.0.10" },
        };
        await context.Response.WriteAsJsonAsync(answer, JoinJson.Default.JoinAnswer);
    }

    private static Task RefuseAsync(HttpContext context, int code, string message)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsync($$"""{"kind":"Status","status":"Failure","message":"{{message}}","code":{{code}}}""");
    }

    private string Sign(string csrPem)
    {
        var csr = CertificateRequest.LoadSigningRequestPem(
            csrPem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        var now = TimeProvider.System.GetUtcNow();
        using var made = csr.Create(Authority, now.AddHours(-1), now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        return made.ExportCertificatePem();
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=fake-{Guid.NewGuid():N}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddYears(-2), now.AddYears(2));
    }

    private static X509Certificate2 MakeServer(X509Certificate2 authority, string host, DateTimeOffset validFrom)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        using var made = request.Create(authority, validFrom, validFrom.AddDays(1), RandomNumberGenerator.GetBytes(16));
        using var paired = made.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(paired.Export(X509ContentType.Pfx), null);
    }
}
