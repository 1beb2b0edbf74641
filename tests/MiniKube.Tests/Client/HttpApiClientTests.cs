using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Testing;

namespace MiniKube.Tests.Client;

/// <summary>The HTTPS transport against a server on a loopback socket that says what a test wants it to say.</summary>
public sealed class HttpApiClientTests
{
    private readonly X509Certificate2 _certificate = MakeCertificate();
    private readonly List<string> _requests = [];
    private WebApplication? _server;

    [TearDown]
    public async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _certificate.Dispose();
    }

    [Test, CancelAfter(20_000)]
    public async Task A_status_becomes_the_exception_that_made_it(CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(context => AnswerAsync(
            context,
            """
            {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Invalid","code":422,"message":"no",
             "details":{"name":"a","group":"apps","kind":"Deployment",
             "causes":[{"field":"spec.x","reason":"FieldValueRequired","message":"Required value"}]}}
            """,
            422));

        var error = Assert.ThrowsAsync<ApiException>(() => client.CreateAsync(Objects.ConfigMap("a"), cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Invalid));
        Assert.That(error.Message, Is.EqualTo("no"));
        Assert.That(error.Causes.Single().ToString(), Is.EqualTo("spec.x: Required value"));
        Assert.That(error.SubjectName, Is.EqualTo("a"));
    }

    [TestCase(502, StatusReason.ServiceUnavailable)]
    [TestCase(413, StatusReason.RequestEntityTooLarge)]
    [TestCase(418, StatusReason.InternalError)]
    [CancelAfter(20_000)]
    public async Task An_answer_that_is_no_status_is_told_by_its_code(int code, StatusReason reason, CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(context => AnswerAsync(context, "<html>", code));

        var error = Assert.ThrowsAsync<ApiException>(
            () => client.ListAsync<V1ConfigMap>(ObjectQuery.All, cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(reason));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_list_follows_its_pages_and_keeps_the_first_revision(CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(context => AnswerAsync(context, context.Request.Query.ContainsKey("continue")
            ? """{"kind":"ConfigMapList","metadata":{"resourceVersion":"9"},"items":[{"metadata":{"name":"b"}}]}"""
            : """{"items":[{"metadata":{"name":"a"}}],"metadata":{"continue":"t","resourceVersion":"7","extra":{}},"kind":"ConfigMapList"}"""));

        var list = await client.ListAsync<V1ConfigMap>(
            new ObjectQuery("default", LabelSelector.Parse("app=web"), "metadata.name=a"), cancellationToken);

        Assert.That(list.Revision, Is.EqualTo(new Revision(7)));
        Assert.That(list.Items.Select(item => $"{item.Kind} {item.Metadata.Name}"), Is.EqualTo(new[] { "ConfigMap a", "ConfigMap b" }));
        Assert.That(_requests[0], Is.EqualTo(
            "GET /api/v1/namespaces/default/configmaps?labelSelector=app%3Dweb&fieldSelector=metadata.name%3Da&limit=500 HTTP/2"));
        Assert.That(_requests[1], Does.EndWith("&limit=500&continue=t HTTP/2"));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_watch_reads_events_however_they_are_cut_into_packets(CancellationToken cancellationToken)
    {
        const string Body =
            "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"5\"}}}\n"
            + "{\"object\":{\"metadata\":{\"name\":\"ä\",\"resourceVersion\":\"6\"}},\"type\":\"DELETED\"}\n"
            + "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"8\"}}}\n{\"type\":\"ADD";
        using var client = await ConnectAsync(async context =>
        {
            foreach (var part in Encoding.UTF8.GetBytes(Body).Chunk(7))
            {
                await context.Response.Body.WriteAsync(part);
                await context.Response.Body.FlushAsync();
            }
        });

        var watch = client.WatchAsync<V1ConfigMap>(ObjectQuery.All, new Revision(4), cancellationToken);
        var events = await watch.ToListAsync(cancellationToken);

        Assert.That(
            events.Select(one => $"{one.Type} {one.Object?.Metadata.Name} {one.Revision}"),
            Is.EqualTo(new[] { "Added a 5", "Deleted ä 6", "Bookmark  8" }));
        Assert.That(_requests[0], Does.Contain("watch=true&allowWatchBookmarks=true&resourceVersion=4"));
    }

    [Test, CancelAfter(20_000)]
    public async Task An_error_in_a_watch_is_thrown(CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(context => AnswerAsync(
            context,
            """{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410,"message":"too old"}}""" + "\n"));

        var watch = client.WatchAsync<V1ConfigMap>(ObjectQuery.All, new Revision(4), cancellationToken);
        var error = Assert.ThrowsAsync<ApiException>(async () => await watch.ToListAsync(cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.Expired));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_body_that_is_not_what_was_asked_for_is_an_error_and_not_a_crash(CancellationToken cancellationToken)
    {
        using var client = await ConnectAsync(context => AnswerAsync(context, """{"items":[{"metadata":"""));

        var error = Assert.ThrowsAsync<ApiException>(() => client.ListAsync<V1ConfigMap>(ObjectQuery.All, cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.InternalError));
    }

    [Test, CancelAfter(20_000)]
    public async Task A_server_with_another_authority_is_not_trusted(CancellationToken cancellationToken)
    {
        using var honest = await ConnectAsync(context => AnswerAsync(context, "{}"));
        using var other = MakeCertificate();
        using var client = NewClient(other, bearerToken: null);

        var error = Assert.ThrowsAsync<ServerUnreachableException>(
            () => client.FindAsync<V1ConfigMap>(new ObjectKey("default", "a"), cancellationToken));

        Assert.That(error!.Reason, Is.EqualTo(StatusReason.ServiceUnavailable));
        Assert.That(_requests, Is.Empty);
    }

    [Test, CancelAfter(20_000)]
    public async Task The_token_is_sent_and_a_missing_object_is_null(CancellationToken cancellationToken)
    {
        var sent = "";
        using var client = await ConnectAsync(context =>
        {
            sent = context.Request.Headers.Authorization.ToString();
            return AnswerAsync(context, """{"kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"no"}""", 404);
        });

        var found = await client.FindAsync<V1Deployment>(new ObjectKey("default", "a"), cancellationToken);

        Assert.That(found, Is.Null);
        Assert.That(sent, Is.EqualTo("Bearer secret"));
        Assert.That(_requests.Single(), Is.EqualTo("GET /apis/apps/v1/namespaces/default/deployments/a HTTP/2"));
    }

    private Uri Address => new(_server!.Urls.Single());

    private async Task<HttpApiClient> ConnectAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.UseHttps(_certificate);
            }));
        _server = builder.Build();
        _server.Run(context =>
        {
            if (context.Request.Path == "/livez")
            {
                return context.Response.WriteAsync("ok"); // Asked first of every server.
            }

            _requests.Add($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Protocol}");
            return answer(context);
        });
        await _server.StartAsync();
        return NewClient(_certificate, "secret");
    }

    private HttpApiClient NewClient(X509Certificate2 authority, string? bearerToken) => new(
        new HttpApiClientOptions
        {
            Servers = new ServerAddresses(Address),
            Identity = new ClientIdentity([authority], certificate: null),
            BearerToken = bearerToken,
        },
        TimeProvider.System,
        new Random(7),
        NullLoggerFactory.Instance);

    private static Task AnswerAsync(HttpContext context, string body, int code = 200)
    {
        context.Response.StatusCode = code;
        return context.Response.WriteAsync(body);
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
