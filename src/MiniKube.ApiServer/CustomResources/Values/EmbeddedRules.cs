using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Objects inside objects (<c>x-kubernetes-embedded-resource</c>): they have a kind, and metadata as all objects. Pure.</summary>
internal static class EmbeddedRules
{
    public static void Validate(JsonObject fields, string path, FieldErrors errors)
    {
        foreach (var name in (string[])["apiVersion", "kind"])
        {
            var place = SchemaRules.Below(path, name);
            fields.TryGetPropertyValue(name, out var value);
            if (value is null || JsonKinds.TextOf(value) is "")
            {
                errors.Required(place, "must not be empty");
            }
            else if (JsonKinds.TextOf(value) is null)
            {
                errors.Invalid(place, value, "must be a string");
            }
        }

        if (!fields.TryGetPropertyValue("metadata", out var metadata) || metadata is null)
        {
            return;
        }

        var at = SchemaRules.Below(path, "metadata");
        try
        {
            var meta = metadata.Deserialize(ObjectJson.TypeInfo<V1ObjectMeta>());
            MetadataRules.ValidateLabels(meta?.Labels, $"{at}.labels", errors);
            MetadataRules.ValidateAnnotations(meta?.Annotations, $"{at}.annotations", errors);
        }
        catch (JsonException failure)
        {
            errors.Invalid(at, metadata, $"must be metadata of an object: {failure.Message}");
        }
    }
}
