using Microsoft.AspNetCore.Http;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.ApiServer;

/// <summary>Bodies by their content type: JSON as it is, YAML turned into JSON, patches with their kind.</summary>
internal static class RequestBody
{
    /// <exception cref="ApiException">UnsupportedMediaType, RequestEntityTooLarge, BadRequest.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadJsonAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var type = TypeOf(request);
        if (type is not ("" or "application/json" or "application/yaml"))
        {
            throw Unsupported(type, "application/json, application/yaml");
        }

        var body = await BodyReader.ReadAsync(request, cancellationToken);
        return type == "application/yaml" && !body.IsEmpty ? YamlBody.ToJson(body) : body;
    }

    /// <exception cref="ApiException">UnsupportedMediaType, RequestEntityTooLarge.</exception>
    public static async ValueTask<ObjectPatch> ReadPatchAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var content = TypeOf(request);
        PatchType type = content switch
        {
            "application/json-patch+json" => PatchType.Json,
            "application/merge-patch+json" => PatchType.Merge,
            "application/strategic-merge-patch+json" => PatchType.StrategicMerge,
            _ => throw Unsupported(
                content, "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json"),
        };
        return new ObjectPatch(type, await BodyReader.ReadAsync(request, cancellationToken));
    }

    private static string TypeOf(HttpRequest request)
        => new MediaRange(request.ContentType ?? "").Type.ToString().ToLowerInvariant();

    private static ApiException Unsupported(string type, string supported)
        => new(StatusReason.UnsupportedMediaType,
            $"the body of the request was in an unknown format - accepted media types include: {supported} (got \"{type}\")");
}
