using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>
/// Bodies by their content type: JSON as it is, YAML and protobuf turned into JSON, patches with their kind.
/// </summary>
internal static class RequestBody
{
    public const string ApplyType = "application/apply-patch+yaml";

    /// <summary>An object of the kind. Custom kinds have no protobuf form, here as in Kubernetes.</summary>
    /// <exception cref="ApiException">UnsupportedMediaType, RequestEntityTooLarge, BadRequest.</exception>
    public static ValueTask<ReadOnlyMemory<byte>> ReadObjectAsync(
        HttpRequest request, ResourceDefinition definition, CancellationToken cancellationToken)
        => definition is CustomResource && TypeOf(request) == ProtobufBody.ContentType
            ? throw Unsupported(ProtobufBody.ContentType, "application/json, application/yaml")
            : ReadJsonAsync(request, cancellationToken);

    /// <exception cref="ApiException">UnsupportedMediaType, RequestEntityTooLarge, BadRequest.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadJsonAsync(
        HttpRequest request, CancellationToken cancellationToken)
    {
        var type = TypeOf(request);
        if (type is not ("" or "application/json" or "application/yaml" or ProtobufBody.ContentType))
        {
            throw Unsupported(type, $"application/json, application/yaml, {ProtobufBody.ContentType}");
        }

        var body = await BodyReader.ReadAsync(request, cancellationToken);
        var json = type switch
        {
            "application/yaml" when !body.IsEmpty => YamlBody.ToJson(body),
            ProtobufBody.ContentType when !body.IsEmpty => ProtobufBody.ToJson(body),
            _ => body,
        };
        AuditRequest.Of(request.HttpContext)?.Read(json);
        return json;
    }

    /// <summary>The body of a PATCH. A kind without a model has no merge keys, and so no strategic merge.</summary>
    /// <exception cref="ApiException">UnsupportedMediaType, RequestEntityTooLarge.</exception>
    public static async ValueTask<ObjectPatch> ReadPatchAsync(
        HttpRequest request, ResourceDefinition? definition, CancellationToken cancellationToken)
    {
        var content = TypeOf(request);
        var isCustom = definition is CustomResource;
        PatchType type = content switch
        {
            "application/json-patch+json" => PatchType.Json,
            "application/merge-patch+json" => PatchType.Merge,
            "application/strategic-merge-patch+json" when !isCustom => PatchType.StrategicMerge,
            _ => throw Unsupported(
                content,
                "application/json-patch+json, application/merge-patch+json"
                + (isCustom ? $", {ApplyType}" : $", application/strategic-merge-patch+json, {ApplyType}")),
        };
        var body = await BodyReader.ReadAsync(request, cancellationToken);
        AuditRequest.Of(request.HttpContext)?.Read(body);
        return new ObjectPatch(type, body);
    }

    /// <summary>True for server-side apply, whose body is YAML, or JSON as a kind of YAML.</summary>
    public static bool IsApply(HttpRequest request) => request.Method == HttpMethods.Patch && TypeOf(request) == ApplyType;

    private static string TypeOf(HttpRequest request)
        => new MediaRange(request.ContentType ?? "").Type.ToString().ToLowerInvariant();

    private static ApiException Unsupported(string type, string supported)
        => new(StatusReason.UnsupportedMediaType,
            $"the body of the request was in an unknown format - accepted media types include: {supported} (got \"{type}\")");
}
