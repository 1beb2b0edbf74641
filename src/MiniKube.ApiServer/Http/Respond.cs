using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Writes whole answers: one JSON document with its length, or a Status.</summary>
internal static class Respond
{
    public const string Json = "application/json";

    // As kube-apiserver: clients and proxies bound the size of headers.
    private const int WarningCharactersMax = 4_096;

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Sends the bytes as they are, or indented for people.</summary>
    public static async Task JsonAsync(
        HttpContext context, int code, ReadOnlyMemory<byte> json, bool pretty, string contentType = Json)
    {
        var bytes = pretty ? Indent(json.Span) : json;
        var response = context.Response;
        Start(response, code, contentType);
        response.ContentLength = bytes.Length;
        await response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
    }

    public static async Task TextAsync(HttpContext context, int code, string text)
    {
        Start(context.Response, code, "text/plain; charset=utf-8");
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    /// <summary>The failure as a Status, with the headers that go with it.</summary>
    public static Task StatusAsync(HttpContext context, ApiException failure)
    {
        if (failure.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (failure.Reason == StatusReason.Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return JsonAsync(context, failure.Code, ObjectJson.Encode(failure.ToStatus()), pretty: false);
    }

    /// <summary>What Kubernetes answers when a deletion is done and the object is not asked for.</summary>
    public static byte[] Deleted(ResourceRequest request, string? uid) => ObjectJson.Encode(new V1Status
    {
        ApiVersion = "v1",
        Kind = "Status",
        Metadata = new V1ListMeta(),
        Status = "Success",
        Details = new V1StatusDetails
        {
            Name = request.Name,
            Group = request.Definition.Gvr.Group.Length == 0 ? null : request.Definition.Gvr.Group,
            Kind = request.Definition.Gvr.Resource,
            Uid = uid,
        },
    });

    /// <summary>Adds warnings that kubectl shows to its user, as many as fit.</summary>
    public static void Warn(HttpResponse response, IReadOnlyList<string> warnings)
    {
        var left = WarningCharactersMax;
        foreach (var warning in warnings)
        {
            var header = WarningHeader(warning);
            left -= header.Length;
            if (left < 0)
            {
                return;
            }

            response.Headers.Append(HeaderNames.Warning, header);
        }
    }

    public static void Start(HttpResponse response, int code, string contentType)
    {
        response.StatusCode = code;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, private";
    }

    // RFC 7234, section 5.5: a quoted string. Headers carry ASCII only; field names from a body may be anything.
    private static string WarningHeader(string warning)
    {
        var text = new StringBuilder("299 - \"");
        foreach (var character in warning)
        {
            text.Append(character is '"' or '\\' ? "\\" : "").Append(character is >= ' ' and <= '~' ? character : '?');
        }

        return text.Append('"').ToString();
    }

    private static byte[] Indent(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var document = JsonDocument.ParseValue(ref reader);
        var buffer = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            document.WriteTo(writer);
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
