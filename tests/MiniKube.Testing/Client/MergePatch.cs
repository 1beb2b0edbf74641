using System.Text.Json.Nodes;

namespace MiniKube.Testing;

/// <summary>RFC 7386.</summary>
internal static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var result = target is JsonObject present ? present.DeepClone().AsObject() : [];
        foreach (var (name, value) in changes)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = Apply(result[name], value);
            }
        }

        return result;
    }
}

/// <summary>Nodes as UTF-8.</summary>
internal static class JsonBytes
{
    public static byte[] Of(JsonNode? node) => System.Text.Encoding.UTF8.GetBytes(node?.ToJsonString() ?? "null");
}
