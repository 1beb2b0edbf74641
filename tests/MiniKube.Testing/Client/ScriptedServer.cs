using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube.Testing;

/// <summary>
/// An HTTPS server on a loopback port that says what a test wants it to say, remembers what it was asked, and can be taken away
/// and brought back on the same port.
/// </summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly X509Certificate2 _certificate;
    private readonly RequestDelegate _answer;
    private readonly List<string> _requests = [];
    private WebApplication? _server;

    private ScriptedServer(X509Certificate2 certificate, RequestDelegate answer)
    {
        _certificate = certificate;
        _answer = answer;
    }

    /// <summary>Where it answers, or did.</summary>
    public Uri Url { get; private set; } = new("https://127.0.0.1:0");

    /// <summary>
    /// What it was asked besides signs of life: method, path, and the subject of the client's certificate if one was shown.
    /// </summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Starts one.</summary>
    public static async Task<ScriptedServer> StartAsync(X509Certificate2 certificate, RequestDelegate answer)
    {
        var server = new ScriptedServer(certificate, answer);
        await server.ReturnAsync();
        return server;
    }

    /// <summary>Takes it away: connections break, nobody listens.</summary>
    public async Task LeaveAsync()
    {
        if (_server is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _server.StopAsync(now.Token);
            await _server.DisposeAsync();
            _server = null;
        }
    }

    /// <summary>Brings it back where it was.</summary>
    public async Task ReturnAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, Url.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(_certificate, https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true;
            });
        }));
        _server = builder.Build();
        _server.Run(AnswerAsync);
        await _server.StartAsync();
        Url = new Uri(_server.Urls.Single());
    }

    /// <summary>A certificate that is good for the loopback address, and its own authority.</summary>
    public static X509Certificate2 MakeCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Options of a client of these servers.</summary>
    public static HttpApiClientOptions OptionsFor(X509Certificate2 authority, params IReadOnlyList<ScriptedServer> servers) => new()
    {
        Servers = new ServerAddresses([.. servers.Select(server => server.Url)]),
        Identity = new ClientIdentity([authority], certificate: null),
    };

    /// <inheritdoc />
    public async ValueTask DisposeAsync() => await LeaveAsync();

    private Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/livez")
        {
            return context.Response.WriteAsync("ok");
        }

        lock (_requests)
        {
            _requests.Add($"{context.Request.Method} {context.Request.Path} {context.Connection.ClientCertificate?.Subject}".TrimEnd());
        }

        return _answer(context);
    }
}
