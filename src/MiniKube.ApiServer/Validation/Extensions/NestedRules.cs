using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>What may not stand inside <c>allOf</c>, <c>anyOf</c>, <c>oneOf</c> and <c>not</c>. Pure.</summary>
internal static class NestedRules
{
    public static void Validate(V1JSONSchemaProps schema, string path, bool typesMayDiffer, FieldErrors errors)
    {
        (string Name, bool IsSet, string Why)[] all =
        [
            ("type", !typesMayDiffer && !string.IsNullOrEmpty(schema.Type), "must be empty to be structural"),
            ("additionalProperties", schema.AdditionalProperties is not null, "must be undefined to be structural"),
            ("default", schema.DefaultProperty is not null, "must be undefined to be structural"),
            ("title", !string.IsNullOrEmpty(schema.Title), "must be empty to be structural"),
            ("description", !string.IsNullOrEmpty(schema.Description), "must be empty to be structural"),
            ("nullable", schema.Nullable == true, "must be false to be structural"),
            ("x-kubernetes-preserve-unknown-fields", schema.XKubernetesPreserveUnknownFields == true, "must be false to be structural"),
            ("x-kubernetes-embedded-resource", schema.XKubernetesEmbeddedResource == true, "must be false to be structural"),
            ("x-kubernetes-int-or-string", schema.XKubernetesIntOrString == true, "must be false to be structural"),
            ("x-kubernetes-list-map-keys", schema.XKubernetesListMapKeys is { Count: > 0 }, "must be empty to be structural"),
            ("x-kubernetes-list-type", schema.XKubernetesListType is not null, "must be undefined to be structural"),
            ("x-kubernetes-map-type", schema.XKubernetesMapType is not null, "must be undefined to be structural"),
            ("x-kubernetes-validations", schema.XKubernetesValidations is { Count: > 0 }, "must be empty to be structural"),
            ("properties[metadata]", schema.Properties?.ContainsKey("metadata") == true, "must not be specified in a nested context"),
        ];
        foreach (var (name, _, why) in all.Where(static one => one.IsSet))
        {
            errors.Forbidden($"{path}.{name}", why);
        }
    }
}
