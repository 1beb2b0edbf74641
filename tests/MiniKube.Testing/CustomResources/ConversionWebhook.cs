using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MiniKube.Testing;

/// <summary>
/// A conversion webhook over real HTTPS on a free loopback port: <c>spec.size</c> of v1 is <c>spec.dimension</c> of v2. Counts what it is
/// asked, and answers something else when told to.
/// </summary>
public sealed class ConversionWebhook : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly X509Certificate2 _certificate;

    private ConversionWebhook(WebApplication application, X509Certificate2 certificate)
    {
        _application = application;
        _certificate = certificate;
    }

    /// <summary>How many objects each question held.</summary>
    public ConcurrentQueue<int> Questions { get; } = new();

    /// <summary>When set, what it says instead of converting.</summary>
    public string? Refusal { get; set; }

    /// <summary>When set, what it does to a converted object.</summary>
    public Action<JsonObject>? Distortion { get; set; }

    public int Port => new Uri(Addresses.Addresses.First()).Port;

    private IServerAddressesFeature Addresses
        => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;

    /// <summary>The certificate, as a definition's caBundle.</summary>
    public string CaBundle => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(_certificate.ExportCertificatePem()));

    /// <param name="host">The name its certificate is for.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<ConversionWebhook> StartAsync(string host, CancellationToken cancellationToken)
    {
        var certificate = CertificateFor(host);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var application = builder.Build();
        var webhook = new ConversionWebhook(application, certificate);
        application.MapPost("/convert", webhook.AnswerAsync);
        await application.StartAsync(cancellationToken);
        return webhook;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        var request = review["request"]!;
        var objects = request["objects"]!.AsArray();
        Questions.Enqueue(objects.Count);
        var response = new JsonObject { ["uid"] = request["uid"]!.DeepClone() };
        if (Refusal is { } refusal)
        {
            response["result"] = new JsonObject { ["status"] = "Failed", ["message"] = refusal };
        }
        else
        {
            var wanted = (string)request["desiredAPIVersion"]!;
            response["result"] = new JsonObject { ["status"] = "Success" };
            response["convertedObjects"] = new JsonArray([.. objects.Select(one => Converted(one!.DeepClone().AsObject(), wanted))]);
        }

        review.Remove("request");
        review["response"] = response;
        await context.Response.WriteAsync(review.ToJsonString(), context.RequestAborted);
    }

    private JsonObject Converted(JsonObject item, string wanted)
    {
        item["apiVersion"] = wanted;
        var spec = item["spec"]!.AsObject();
        var (from, to) = wanted.EndsWith("v2", StringComparison.Ordinal) ? ("size", "dimension") : ("dimension", "size");
        spec[to] = spec[from]?.DeepClone();
        spec.Remove(from);
        Distortion?.Invoke(item);
        return item;
    }

    private static X509Certificate2 CertificateFor(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddHours(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
