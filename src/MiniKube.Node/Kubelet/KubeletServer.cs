using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MiniKube.Node;

/// <summary>Kestrel for the node's endpoint: TLS with a certificate that may change between connections.</summary>
internal sealed class KubeletServer : IAsyncDisposable
{
    // Sessions end with the agent; whoever still talks has this long.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly KubeletIdentity _identity;
    private SslStreamCertificateContext? _context;
    private X509Certificate2? _contextOf;

    private KubeletServer(int port, KubeletIdentity identity, RequestDelegate handler, ILoggerFactory loggers)
    {
        _identity = identity;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime>(new NoLifetime());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => Configure(options, port));
        _app = builder.Build();
        _app.UseWebSockets();
        ((IApplicationBuilder)_app).Use(_ => handler);
    }

    /// <summary>The port that was taken.</summary>
    public int Port { get; private set; }

    /// <summary>
    /// Listens on all addresses. When the port is taken and nobody asked for exactly this one, on any that is free.
    /// </summary>
    /// <exception cref="IOException">The port cannot be listened on; the message says what to do.</exception>
    public static async Task<KubeletServer> StartAsync(
        NodeOptions options, KubeletIdentity identity, RequestDelegate handler, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await StartAsync(options.KubeletPort, identity, handler, loggers, cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException && !options.IsKubeletPortChosen)
        {
            return await StartAsync(0, identity, handler, loggers, cancellationToken);
        }
        catch (IOException failure)
        {
            throw new IOException(
                $"the node agent cannot listen on port {options.KubeletPort}: {failure.Message} "
                + "Choose another with --kubelet-port, or end the process that holds it", failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    private static async Task<KubeletServer> StartAsync(
        int port, KubeletIdentity identity, RequestDelegate handler, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var server = new KubeletServer(port, identity, handler, loggers);
        try
        {
            await server._app.StartAsync(cancellationToken);
            var features = server._app.Services.GetRequiredService<IServer>().Features;
            server.Port = new Uri(features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
            return server;
        }
        catch
        {
            await server._app.DisposeAsync();
            throw;
        }
    }

    private void Configure(KestrelServerOptions options, int port)
    {
        options.AddServerHeader = false;
        options.Listen(IPAddress.Any, port, listen =>
        {
            // HTTP/1.1 is enough for one client, and what upgrades.
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(TlsOptions()) });
        });
    }

    // Which certificate is good is decided with the request, so that a wrong one gets a Status and not a broken handshake.
    private SslServerAuthenticationOptions TlsOptions() => new()
    {
        ServerCertificateContext = CertificateContext(),
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };

    private SslStreamCertificateContext CertificateContext()
    {
        var certificate = _identity.Serving();
        if (_context is not { } known || !ReferenceEquals(_contextOf, certificate))
        {
            var trust = SslCertificateTrust.CreateForX509Collection(_identity.Authorities(), sendTrustInHandshake: true);
            known = SslStreamCertificateContext.Create(certificate, null, offline: true, trust);
            (_context, _contextOf) = (known, certificate);
        }

        return known;
    }

    // The process's life is the host's business; this part only listens.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
