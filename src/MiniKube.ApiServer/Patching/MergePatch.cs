using System.Text.Json.Nodes;

namespace MiniKube.ApiServer;

/// <summary>JSON merge patch, RFC 7386: null removes, objects merge, everything else replaces. Pure.</summary>
internal static class MergePatch
{
    /// <summary>The patched document; neither argument is changed and the result shares no node with them.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject ? (JsonObject)target.DeepClone() : [];
        Merge(result, changes);
        return result;
    }

    private static void Merge(JsonObject target, JsonObject changes)
    {
        foreach (var (name, change) in changes)
        {
            switch (change)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject nested:
                    MergeInto(target, name, nested);
                    break;
                default:
                    target[name] = change.DeepClone();
                    break;
            }
        }
    }

    private static void MergeInto(JsonObject target, string name, JsonObject changes)
    {
        if (target[name] is not JsonObject present)
        {
            // Also for a new object: nulls inside the patch mean "absent", so they must not be copied.
            present = [];
            target[name] = present;
        }

        Merge(present, changes);
    }
}
