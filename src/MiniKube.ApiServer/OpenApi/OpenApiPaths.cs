using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// Paths and operations of a kind. Clients look here for the parameters an operation takes (kubectl: <c>fieldValidation</c>) and the kinds
/// of patch it accepts.
/// </summary>
internal sealed class OpenApiPaths(Utf8JsonWriter writer, OpenApiDialect dialect, OpenApiSchemas schemas)
{
    private static readonly string[] ListParameters =
    [
        "allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch",
        "sendInitialEvents", "timeoutSeconds", "watch",
    ];

    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];

    private static readonly string[] PatchTypes =
    [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", RequestBody.ApplyType,
    ];

    public static void WriteKind(Utf8JsonWriter writer, Gvk kind)
    {
        writer.WriteStartObject();
        writer.WriteString("group", kind.Group);
        writer.WriteString("kind", kind.Kind);
        writer.WriteString("version", kind.Version);
        writer.WriteEndObject();
    }

    public void Write(ResourceDefinition kind)
    {
        var root = $"/{(kind.Gvr.Group.Length == 0 ? "api" : "apis")}/{kind.Gvr.ApiVersion}";
        var collection = kind.Scope == Scope.Namespaced
            ? $"{root}/namespaces/{{namespace}}/{kind.Gvr.Resource}"
            : $"{root}/{kind.Gvr.Resource}";
        WritePath(collection, kind, ["get", "post", "delete"]);
        WritePath($"{collection}/{{name}}", kind, ["get", "put", "patch", "delete"]);
        if (kind.Scope == Scope.Namespaced)
        {
            WritePath($"{root}/{kind.Gvr.Resource}", kind, ["get"]);
        }

        if (kind.HasStatus)
        {
            WritePath($"{collection}/{{name}}/status", kind, ["get", "put", "patch"]);
        }
    }

    private void WritePath(string path, ResourceDefinition kind, string[] methods)
    {
        var ofOne = path.Contains("{name}", StringComparison.Ordinal);
        writer.WriteStartObject(path);
        foreach (var method in methods)
        {
            writer.WriteStartObject(method);
            WriteOperation(kind, method, ofOne);
            writer.WriteEndObject();
        }

        writer.WriteStartArray("parameters");
        if (ofOne)
        {
            WriteParameter("name", "path");
        }

        if (path.Contains("{namespace}", StringComparison.Ordinal))
        {
            WriteParameter("namespace", "path");
        }

        WriteParameter("pretty", "query");
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteOperation(ResourceDefinition kind, string method, bool ofOne)
    {
        writer.WriteStartArray("parameters");
        foreach (var name in Parameters(method, ofOne))
        {
            WriteParameter(name, "query");
        }

        var hasBody = method is "post" or "put" or "patch";
        if (hasBody && dialect == OpenApiDialect.V2)
        {
            WriteBodyParameter(kind);
        }

        writer.WriteEndArray();
        if (hasBody && dialect == OpenApiDialect.V3)
        {
            WriteRequestBody(kind, method);
        }

        WriteResponses(kind);
        writer.WriteString("x-kubernetes-action", Action(method, ofOne));
        writer.WritePropertyName("x-kubernetes-group-version-kind");
        WriteKind(writer, kind.Gvk);
    }

    private void WriteRequestBody(ResourceDefinition kind, string method)
    {
        writer.WriteStartObject("requestBody");
        writer.WriteStartObject("content");
        foreach (var type in method == "patch" ? PatchTypesOf(kind) : ["*/*"])
        {
            WriteContent(type, kind);
        }

        writer.WriteEndObject();
        writer.WriteBoolean("required", true);
        writer.WriteEndObject();
    }

    private void WriteResponses(ResourceDefinition kind)
    {
        writer.WriteStartObject("responses");
        writer.WriteStartObject("200");
        writer.WriteString("description", "OK");
        if (dialect == OpenApiDialect.V3)
        {
            writer.WriteStartObject("content");
            WriteContent("application/json", kind);
            writer.WriteEndObject();
        }
        else
        {
            writer.WritePropertyName("schema");
            schemas.WriteReference(kind);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteContent(string type, ResourceDefinition kind)
    {
        writer.WriteStartObject(type);
        writer.WritePropertyName("schema");
        schemas.WriteReference(kind);
        writer.WriteEndObject();
    }

    private void WriteBodyParameter(ResourceDefinition kind)
    {
        writer.WriteStartObject();
        writer.WriteString("name", "body");
        writer.WriteString("in", "body");
        writer.WriteBoolean("required", true);
        writer.WritePropertyName("schema");
        schemas.WriteReference(kind);
        writer.WriteEndObject();
    }

    private void WriteParameter(string name, string place)
    {
        var type = name switch
        {
            "limit" or "timeoutSeconds" or "gracePeriodSeconds" => "integer",
            "watch" or "allowWatchBookmarks" or "sendInitialEvents" or "force" => "boolean",
            _ => "string",
        };
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteString("in", place);
        if (place == "path")
        {
            writer.WriteBoolean("required", true);
        }

        if (dialect == OpenApiDialect.V3)
        {
            writer.WriteStartObject("schema");
            writer.WriteString("type", type);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteString("type", type);
        }

        writer.WriteEndObject();
    }

    private static string[] PatchTypesOf(ResourceDefinition kind) => kind is CustomResource ? PatchTypes[..2] : PatchTypes;

    private static string[] Parameters(string method, bool ofOne) => (method, ofOne) switch
    {
        ("get", false) => ListParameters,
        ("get", true) => [],
        ("delete", false) => ["dryRun", "gracePeriodSeconds", "propagationPolicy", .. ListParameters],
        ("delete", true) => ["dryRun", "gracePeriodSeconds", "propagationPolicy"],
        ("patch", _) => [.. WriteParameters, "force"],
        _ => WriteParameters,
    };

    private static string Action(string method, bool ofOne) => (method, ofOne) switch
    {
        ("get", false) => "list",
        ("delete", false) => "deletecollection",
        _ => method,
    };
}
