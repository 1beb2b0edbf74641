using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// The form of an event: one line, an <c>audit.k8s.io/v1</c> Event.
/// https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
/// </summary>
internal static class AuditEvent
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";

    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(
        AuditRequest request, AuditLevel level, AuditStage stage, DateTimeOffset now, int code, ApiException? failure)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var writer = new Utf8JsonWriter(buffer, Line))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, "Event");
            writer.WriteString("apiVersion"u8, "audit.k8s.io/v1");
            writer.WriteString("level"u8, level.ToString());
            writer.WriteString("auditID"u8, request.Id);
            writer.WriteString("stage"u8, stage.ToString());
            writer.WriteString("requestURI"u8, request.Http.Path.ToUriComponent() + request.Http.QueryString);
            writer.WriteString("verb"u8, request.Verb);
            WriteUser(writer, "user", request.Asker);
            if (request.Impersonated is { } other)
            {
                WriteUser(writer, "impersonatedUser", other);
            }

            WriteOrigin(writer, request);
            WriteTarget(writer, request.Target);
            WriteAnswer(writer, stage, code, failure);
            WriteObject(writer, "requestObject", request.Body, request.OmitManagedFields);
            WriteObject(writer, "responseObject", request.Answer, request.OmitManagedFields);
            writer.WriteString("requestReceivedTimestamp"u8, TimeText(request.Received));
            writer.WriteString("stageTimestamp"u8, TimeText(now));
            WriteAnnotations(writer, request.Annotations);
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteUser(Utf8JsonWriter writer, string name, UserInfo user)
    {
        writer.WriteStartObject(name);
        writer.WriteString("username"u8, user.Name);
        if (user.Uid.Length > 0)
        {
            writer.WriteString("uid"u8, user.Uid);
        }

        WriteTexts(writer, "groups", user.Groups);
        if (!user.Extra.IsEmpty)
        {
            writer.WriteStartObject("extra"u8);
            foreach (var (key, values) in user.Extra)
            {
                WriteTexts(writer, key, values);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static void WriteOrigin(Utf8JsonWriter writer, AuditRequest request)
    {
        WriteTexts(writer, "sourceIPs", request.Remote is { } remote ? [remote] : []);
        if (request.Http.Headers.UserAgent.ToString() is { Length: > 0 } agent)
        {
            writer.WriteString("userAgent"u8, agent);
        }
    }

    private static void WriteTarget(Utf8JsonWriter writer, ResourceRequest? target)
    {
        if (target is null)
        {
            return;
        }

        writer.WriteStartObject("objectRef"u8);
        WriteUnlessEmpty(writer, "resource", target.Definition.Gvr.Resource);
        WriteUnlessEmpty(writer, "namespace", target.AskedNamespace);
        WriteUnlessEmpty(writer, "name", target.Name);
        WriteUnlessEmpty(writer, "apiGroup", target.Definition.Gvr.Group);
        WriteUnlessEmpty(writer, "apiVersion", target.Definition.Gvr.Version);
        WriteUnlessEmpty(writer, "subresource", target.Subresource);
        writer.WriteEndObject();
    }

    private static void WriteUnlessEmpty(Utf8JsonWriter writer, string name, string text)
    {
        if (text.Length > 0)
        {
            writer.WriteString(name, text);
        }
    }

    private static void WriteAnswer(Utf8JsonWriter writer, AuditStage stage, int code, ApiException? failure)
    {
        if (stage == AuditStage.RequestReceived)
        {
            return;
        }

        writer.WriteStartObject("responseStatus"u8);
        writer.WriteStartObject("metadata"u8);
        writer.WriteEndObject();
        if (failure is not null)
        {
            writer.WriteString("status"u8, "Failure");
            writer.WriteString("message"u8, failure.Message);
            writer.WriteString("reason"u8, failure.ToStatus().Reason);
        }

        writer.WriteNumber("code"u8, code);
        writer.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter writer, string name, ReadOnlyMemory<byte> json, bool omitsManagedFields)
    {
        if (json.IsEmpty || Parse(json.Span) is not { } node)
        {
            return;
        }

        if (omitsManagedFields)
        {
            OmitManagedFields(node);
        }

        writer.WritePropertyName(name);
        node.WriteTo(writer);
    }

    // What a client sends may be anything; that it is no JSON is for the answer to say.
    private static JsonNode? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void OmitManagedFields(JsonNode node)
    {
        if (node is not JsonObject item)
        {
            return;
        }

        (item["metadata"] as JsonObject)?.Remove("managedFields");
        foreach (var one in (item["items"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            (one["metadata"] as JsonObject)?.Remove("managedFields");
        }
    }

    private static void WriteAnnotations(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("annotations"u8);
        foreach (var (key, value) in annotations)
        {
            writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    private static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);
}
