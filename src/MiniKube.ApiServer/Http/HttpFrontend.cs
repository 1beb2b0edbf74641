using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>Kestrel: HTTP/1.1 and HTTP/2 over TLS on one port, without routing or middleware in the way.</summary>
internal sealed partial class HttpFrontend : IAsyncDisposable
{
    // Clients such as kubectl get by with few; a controller with all its watches on one connection needs a hundred.
    // Kestrel's default of 100 would make HTTP/2 clients wait.
    private const int StreamsPerConnectionMax = 1_000;

    // One client's share of a machine's file handles and memory is not the server's to know; all together have this many.
    private const int ConnectionsMax = 30_000;

    // Go's servers take a mebibyte of headers. Continue tokens, selectors and tokens of identity providers fit into this.
    private const int RequestLineBytesMax = 64 * 1024;
    private const int HeaderBytesMax = 128 * 1024;

    // What is too large is read and thrown away up to here, so that the client gets to see why; then the connection is cut.
    private const long IgnoredBytesMax = 64 * 1024 * 1024;

    // A tunnel's streams must not hold each other up: the connection has room for all of them to be full and unread. Only an upper
    // bound; memory is used for what was really sent. 768 KiB is Kestrel's default for a stream.
    private const int StreamWindowBytes = 768 * 1024;

    // Finds peers that vanished without a word, whose watches would otherwise stay.
    private static readonly TimeSpan KeepAlivePing = TimeSpan.FromSeconds(30);

    // Watches end with the component; whoever still talks has this long.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly ClusterPki _pki;
    private readonly ILogger _logger;
    private volatile Shown? _shown;

    public HttpFrontend(IPEndPoint address, ClusterPki pki, RequestDelegate handler, ILoggerFactory loggers)
    {
        _pki = pki;
        _logger = loggers.CreateLogger<HttpFrontend>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime>(new NoLifetime());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(
            options => Configure(options, address));
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ConnectionMemory());
        _app = builder.Build();
        IApplicationBuilder app = _app;
        var upgraded = app.New().UseWebSockets().Use(_ => handler).Build();
        app.Use(_ => context => IsUpgrade(context) ? upgraded(context) : handler(context));
    }

    /// <summary>The port that was taken; 0 before the start.</summary>
    public int Port { get; private set; }

    /// <exception cref="IOException">The address cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Port = new Uri(addresses.First()).Port;
    }

    /// <summary>Stops listening, lets requests end, cuts what is left.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // HTTP/1.1 asks with a header, HTTP/2 with a method of its own (RFC 8441).
    private static bool IsUpgrade(HttpContext context)
        => context.Request.Headers.Upgrade.Count > 0
            || context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true };

    private void Configure(KestrelServerOptions options, IPEndPoint address)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = IgnoredBytesMax;
        options.Limits.MaxConcurrentConnections = ConnectionsMax;
        options.Limits.MaxRequestLineSize = RequestLineBytesMax;
        options.Limits.MaxRequestHeadersTotalSize = HeaderBytesMax;
        options.Limits.Http2.MaxRequestHeaderFieldSize = RequestLineBytesMax;
        options.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnectionMax;
        options.Limits.Http2.KeepAlivePingDelay = KeepAlivePing;
        options.Limits.Http2.InitialStreamWindowSize = StreamWindowBytes;
        options.Limits.Http2.InitialConnectionWindowSize = StreamWindowBytes * TunnelMessage.StreamsMax;
        options.Listen(address, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(TlsOptions()) });
        });
    }

    // Clients are asked for a certificate, and told whose; which one is good is decided with the request, so that a
    // wrong one gets a Status and not a broken handshake.
    private SslServerAuthenticationOptions TlsOptions() => new()
    {
        ServerCertificateContext = CertificateContext(),
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
    };

    private SslStreamCertificateContext CertificateContext()
    {
        RenewIfDue();
        var material = _pki.Material;
        if (_shown is not { } known || !ReferenceEquals(known.Of, material))
        {
            _shown = known = new Shown(material, ContextOf(material));
        }

        return known.Context;
    }

    // With the new authority among the trusted ones the chain would end there and leave out the bridge that clients of an old one need:
    // then nobody is told whose certificates are wanted, and clients send what they have.
    private static SslStreamCertificateContext ContextOf(PkiMaterial material)
    {
        var trust = material.Bridges.IsEmpty
            ? SslCertificateTrust.CreateForX509Collection([.. material.Authorities], sendTrustInHandshake: true)
            : null;
        return SslStreamCertificateContext.Create(material.Server, [.. material.Bridges], offline: true, trust);
    }

    // A clock that was moved shows here first. That files cannot be written is told by the component, which tries again.
    private void RenewIfDue()
    {
        try
        {
            _pki.RenewIfDue();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or PkiException)
        {
            Log.NotRenewed(_logger, failure.Message);
        }
    }

    private sealed record Shown(PkiMaterial Of, SslStreamCertificateContext Context);

    // The process's life is the host's business; this part only listens.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(2102, LogLevel.Warning, "A certificate is due and could not be renewed: {Problem}")]
        public static partial void NotRenewed(ILogger logger, string problem);
    }
}
