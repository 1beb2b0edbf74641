using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// The annotation in which client-side apply remembers what it applied. An object that kubectl managed that way can be taken over by
/// server-side apply without conflicts, and back.
/// https://kubernetes.io/docs/reference/using-api/server-side-apply/#upgrading-from-client-side-apply-to-server-side-apply
/// </summary>
internal static class LastApplied
{
    /// <summary>The only applier whose annotation and fields are kept in step.</summary>
    public const string Manager = "kubectl";

    private const string Annotation = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Fields that client-side apply set and that still are as it set them.</summary>
    public static FieldSet FieldsOf(ResourceRequest request, StoredObject current, JsonElement live)
    {
        var definition = request.Definition;
        if (!definition.View(current).Item.Metadata.HasAnnotation(Annotation, out var text)
            || Canonical(definition, text) is not { } json)
        {
            return new FieldSet();
        }

        var owned = OwnedParts.Of(definition, request.Subresource);
        using var canonical = JsonDocument.Parse(json);
        var fields = AppliedFields.Of(canonical.RootElement, definition.MergeSchema, owned).Fields;
        var diff = OwnershipDiff.Between(canonical.RootElement, live, definition.MergeSchema, owned);
        fields.ExceptWith(diff.Changed);
        fields.ExceptWith(diff.Removed);
        return fields;
    }

    /// <summary>Brings the annotation up to date where there is one.</summary>
    public static void Refresh(V1ObjectMeta old, V1ObjectMeta meta, ApplyConfiguration configuration)
    {
        if (old.HasAnnotation(Annotation, out _))
        {
            meta.Annotations ??= new Dictionary<string, string>();
            meta.Annotations[Annotation] = Encoding.UTF8.GetString(configuration.Json.Span).TrimEnd() + "\n";
        }
    }

    private static bool HasAnnotation(this V1ObjectMeta meta, string name, out string text)
    {
        text = "";
        return meta.Annotations?.TryGetValue(name, out text!) is true;
    }

    // Anybody may write the annotation; what is no such object says nothing. Another version's fields are not comparable.
    private static byte[]? Canonical(ResourceDefinition definition, string text)
    {
        try
        {
            var json = Encoding.UTF8.GetBytes(text);
            return JsonText.ParseNode(json) is JsonObject applied
                && applied["apiVersion"] is JsonValue version
                && version.TryGetValue<string>(out var apiVersion)
                && apiVersion == definition.Gvk.ApiVersion
                    ? definition.Encode(StrictDecoder.Decode(definition, json, FieldValidation.Ignore).Item)
                    : null;
        }
        catch (ApiException)
        {
            return null;
        }
    }
}
