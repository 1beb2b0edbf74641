using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.Controllers;

/// <summary>
/// What a ControllerRevision holds: a strategic merge patch that brings a set's pod template back, which is how
/// <c>kubectl rollout undo</c> and <c>history</c> use it.
/// https://kubernetes.io/docs/tasks/manage-daemon/rollback-daemon-set/#understanding-daemonset-revisions
/// </summary>
internal static class TemplateData
{
    public static JsonElement Of(V1PodTemplateSpec template)
    {
        var node = JsonNode.Parse(ObjectJson.Encode(template))!.AsObject();
        node["$patch"] = "replace";
        var data = new JsonObject { ["spec"] = new JsonObject { ["template"] = node } };
        using var document = JsonDocument.Parse(data.ToJsonString());
        return document.RootElement.Clone();
    }

    /// <summary>The template a revision was made of; null when its data is of another form.</summary>
    public static V1PodTemplateSpec? TemplateOf(V1ControllerRevision revision)
        => revision.Data is JsonElement { ValueKind: JsonValueKind.Object } data
            && data.TryGetProperty("spec", out var spec)
            && spec.ValueKind == JsonValueKind.Object
            && spec.TryGetProperty("template", out var template)
            && template.ValueKind == JsonValueKind.Object
                ? ObjectJson.Decode<V1PodTemplateSpec>(Encoding.UTF8.GetBytes(template.GetRawText()))
                : null;

    public static bool IsSame(V1ControllerRevision revision, JsonElement data)
        => revision.Data is JsonElement known && JsonElement.DeepEquals(known, data);
}
