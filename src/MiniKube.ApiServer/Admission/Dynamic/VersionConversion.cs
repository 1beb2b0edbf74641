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
        if (item is null || kind != from.Gvk || from is not CustomResource custom || from == to)
        {
            return item;
        }

        var original = (CustomObject)from.Decode(JsonText.Encode(item));
        var converted = await custom.Kind.Converter.ConvertAsync([original], to.Gvk.ApiVersion, cancellationToken);
        return (JsonObject)JsonTree.Parse(to.Encode(converted[0]))!;
    }

    /// <summary>Other versions of the same resource. Built-in resources have one each.</summary>
    public static IEnumerable<ResourceDefinition> Others(ResourceDefinition definition, ResourceSnapshot kinds)
        => definition is CustomResource
            ? kinds.All.Where(one => one != definition && one.Gvr.GroupResource == definition.Gvr.GroupResource)
            : [];
}
