using System.Net;
using System.Security.Cryptography.X509Certificates;
using k8s;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.ApiServer;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.Testing;

/// <summary>
/// A cluster in this process: the real API server over real HTTPS on a free loopback port, and the real store in a
/// temporary directory. Disposing it stops everything and removes the directory.
/// </summary>
public sealed class TestCluster : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;

    private TestCluster(DirectoryInfo directory, IResourceStore store, ApiServerComponent server, NodeDirectory nodes)
    {
        _directory = directory;
        Store = store;
        Server = server;
        Nodes = nodes;
    }

    public IResourceStore Store { get; }

    public ApiServerComponent Server { get; }

    /// <summary>Connect a fake node here to answer logs and exec.</summary>
    public NodeDirectory Nodes { get; }

    public Uri Url => new($"https://127.0.0.1:{Server.BoundPort}");

    public static Task<TestCluster> StartAsync(CancellationToken cancellationToken)
        => StartAsync(TimeProvider.System, cancellationToken);

    public static Task<TestCluster> StartAsync(TimeProvider time, CancellationToken cancellationToken)
        => StartAsync(time, static options => options, cancellationToken);

    /// <summary>With other options of the server.</summary>
    public static async Task<TestCluster> StartAsync(
        TimeProvider time, Func<ApiServerOptions, ApiServerOptions> change, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("minikube-test-");
        var options = new StoreOptions { Directory = Path.Combine(directory.FullName, "store") };
        var store = await ResourceStore.OpenAsync(
            options, TimeProvider.System, NullLoggerFactory.Instance, cancellationToken);
        var nodes = new NodeDirectory();
        var server = new ApiServerComponent(
            change(OptionsFor(directory)), store, nodes, time, NullLoggerFactory.Instance);
        await server.StartAsync(cancellationToken);
        return new TestCluster(directory, store, server, nodes);
    }

    /// <summary>A client certificate of the cluster, as <c>O=group, CN=user</c>.</summary>
    public X509Certificate2 ClientCertificate(string user, string group)
    {
        var pki = Path.Combine(_directory.FullName, "pki");
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(pki, "ca.crt"), Path.Combine(pki, "ca.key"));
        return new CertificateIssuer(TimeProvider.System).MakeClient(authority, user, group);
    }

    /// <summary>A client in this process, as an administrator.</summary>
    public IApiClient LocalClient() => Server.CreateClient("system:admin", "system:masters");

    /// <summary>Our own client over HTTPS, with the admin certificate.</summary>
    public HttpApiClientOptions HttpClientOptions()
    {
        var admin = Server.AdminCredentials;
        return new HttpApiClientOptions
        {
            Servers = new ServerAddresses(Url),
            Identity = new ClientIdentity(
                [X509Certificate2.CreateFromPem(admin.CertificateAuthorityPem)],
                X509Certificate2.CreateFromPem(admin.ClientCertificatePem, admin.ClientKeyPem)),
        };
    }

    /// <summary>The official C# client over HTTPS, with the admin token.</summary>
    public Kubernetes KubernetesClient() => new(new KubernetesClientConfiguration
    {
        Host = Url.ToString(),
        AccessToken = Server.AdminCredentials.Token,
        SslCaCerts = [X509Certificate2.CreateFromPem(Server.AdminCredentials.CertificateAuthorityPem)],
    });

    /// <summary>
    /// A plain HTTP client that trusts the cluster and, unless told otherwise, carries the admin token.
    /// </summary>
    public HttpClient HttpClient(bool authenticated = true)
    {
        var authority = X509Certificate2.CreateFromPem(Server.AdminCredentials.CertificateAuthorityPem);
        var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = TrustOnly(authority) } };
        var client = new HttpClient(handler) { BaseAddress = Url };
        if (authenticated)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", Server.AdminCredentials.Token);
        }

        return client;
    }

    /// <summary>A plain HTTP client that trusts the cluster and shows a certificate.</summary>
    public HttpClient HttpClient(X509Certificate2 certificate)
    {
        var authority = X509Certificate2.CreateFromPem(Server.AdminCredentials.CertificateAuthorityPem);
        var handler = new SocketsHttpHandler
        {
            SslOptions = { CertificateChainPolicy = TrustOnly(authority), ClientCertificates = [certificate] },
        };
        return new HttpClient(handler) { BaseAddress = Url };
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static X509ChainPolicy TrustOnly(X509Certificate2 authority) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { authority },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private static ApiServerOptions OptionsFor(DirectoryInfo directory) => new()
    {
        BindAddress = IPAddress.Loopback,
        HttpsPort = 0,
        PkiDirectory = Path.Combine(directory.FullName, "pki"),
    };
}
