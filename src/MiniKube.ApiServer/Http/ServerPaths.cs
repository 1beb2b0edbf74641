using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using k8s;
using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Everything under the root that is no resource: health, version, authority, discovery, OpenAPI, metrics.
/// </summary>
internal sealed class ServerPaths(
    HealthChecks health,
    DiscoveryDocuments discovery,
    OpenApiDocuments openApi,
    RequestMetrics metrics,
    ProcessMeters meters,
    IResourceStore store,
    WatchEndpoint watches,
    IssuerDocuments issuer,
    Func<string> authoritiesPem)
{
    /// <summary>The API level of the models, and what build of ours it is: kubectl's skew rules then hold.</summary>
    public const string GitVersion = $"{GeneratedApiVersion.SwaggerVersion}+minikube.1";

    private readonly byte[] _version = VersionJson();

    /// <summary>True for what clients may see before they have said who they are.</summary>
    public static bool IsOpen(string path)
        => path is "/version" or "/cacerts" || HealthEndpoint(path) is not null;

    /// <summary>False when the path is none of these.</summary>
    public async Task<bool> TryHandleAsync(HttpContext context, string path, Query query)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            return false;
        }

        if (HealthEndpoint(path) is { } endpoint)
        {
            await HealthAsync(context, endpoint, path, query);
            return true;
        }

        switch (path)
        {
            case "/version":
                await Respond.JsonAsync(context, StatusCodes.Status200OK, _version, pretty: true);
                return true;
            case "/cacerts":
                await Respond.TextAsync(context, StatusCodes.Status200OK, authoritiesPem());
                return true;
            case IssuerDocuments.ConfigurationPath:
                await Respond.JsonAsync(context, StatusCodes.Status200OK, issuer.Configuration(), pretty: false);
                return true;
            case IssuerDocuments.KeysPath:
                await Respond.JsonAsync(context, StatusCodes.Status200OK, issuer.KeySet, pretty: false, "application/jwk-set+json");
                return true;
            case "/metrics":
                var own = MetricsText.Write(metrics, store.Current.Value, watches.Open);
                await Respond.TextAsync(context, StatusCodes.Status200OK, own + meters.Write());
                return true;
            default:
                return await TryDocumentAsync(context, path);
        }
    }

    private static string? HealthEndpoint(string path)
    {
        var end = path.IndexOf('/', 1);
        var first = path.AsSpan(1, (end < 0 ? path.Length : end) - 1);
        return first switch
        {
            "healthz" => "healthz",
            "livez" => "livez",
            "readyz" => "readyz",
            _ => null,
        };
    }

    private async Task HealthAsync(HttpContext context, string endpoint, string path, Query query)
    {
        var name = path[(endpoint.Length + 1)..].Trim('/');
        var report = name.Length > 0
            ? health.ReportOne(endpoint, name)
            : health.Report(endpoint, query.Texts("exclude"));
        if (report is not { } found)
        {
            throw RequestErrors.UnknownResource();
        }

        var code = found.IsHealthy ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
        await Respond.TextAsync(context, code, found.IsHealthy && !query.Flag("verbose") ? "ok" : found.Lines);
    }

    private async Task<bool> TryDocumentAsync(HttpContext context, string path)
    {
        var accept = context.Request.Headers.Accept.ToString();
        var wantsAggregated = accept.Contains("as=APIGroupDiscoveryList", StringComparison.Ordinal)
            && accept.Contains("v=v2", StringComparison.Ordinal);
        var document = path.StartsWith("/openapi/", StringComparison.Ordinal)
            ? openApi.Find(path, accept)
            : (wantsAggregated ? discovery.FindAggregated(path) : null) ?? discovery.Find(path);
        if (document is null)
        {
            return false;
        }

        await SendAsync(context, document);
        return true;
    }

    private static async Task SendAsync(HttpContext context, DiscoveryDocument document)
    {
        var response = context.Response;
        Respond.Start(response, StatusCodes.Status200OK, document.ContentType);
        response.Headers.ETag = document.ETag;
        response.Headers.Vary = "Accept";
        if (context.Request.Headers.IfNoneMatch.Contains(document.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentLength = document.Bytes.Length;
        await response.BodyWriter.WriteAsync(document.Bytes, context.RequestAborted);
    }

    private static byte[] VersionJson()
    {
        var parts = GeneratedApiVersion.SwaggerVersion.TrimStart('v').Split('.');
        var architecture = RuntimeInformation.OSArchitecture == Architecture.X64
            ? "amd64"
            : RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            writer.WriteStartObject();
            writer.WriteString("major", parts[0]);
            writer.WriteString("minor", parts[1]);
            writer.WriteString("gitVersion", GitVersion);
            writer.WriteString("gitCommit", "");
            writer.WriteString("gitTreeState", "clean");
            writer.WriteString("buildDate", "1970-01-01T00:00:00Z");
            writer.WriteString("goVersion", "");
            writer.WriteString("compiler", RuntimeInformation.FrameworkDescription);
            writer.WriteString("platform", $"linux/{architecture}");
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
