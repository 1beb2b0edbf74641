using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Objects of one version of a resource as another shows them, for those who asked for that one.</summary>
internal static class VersionConversion
{
    /// <summary>The object in the other version; itself when it is of a kind of its own, as those of subresources are.</summary>
    /// <exception cref="ApiException">It could not be converted.</exception>
    public static async ValueTask<JsonObject?> ConvertAsync(
        JsonObject? item, Gvk kind, ResourceDefinition from, ResourceDefinition to, CancellationToken cancellationToken)
    {
        if (item is null || kind != from.Gvk || from == to)
        {
            return item;
        }

        if (from is not CustomResource custom)
        {
            // Versions of built-in kinds share one model behind what they show.
            var shared = from.Decode(JsonText.Encode(item));
            (shared.ApiVersion, shared.Kind) = (to.Gvk.ApiVersion, to.Gvk.Kind);
            return (JsonObject)JsonTree.Parse(to.Encode(shared))!;
        }

        var original = (CustomObject)from.Decode(JsonText.Encode(item));
        var converted = await custom.Kind.Converter.ConvertAsync([original], to.Gvk.ApiVersion, cancellationToken);
        return (JsonObject)JsonTree.Parse(to.Encode(converted[0]))!;
    }

    /// <summary>Other versions of the same resource, over the same objects.</summary>
    public static IEnumerable<ResourceDefinition> Others(ResourceDefinition definition, ResourceSnapshot kinds)
        => kinds.All.Where(one => one != definition && one.StoredAs == definition.StoredAs);
}
