using System.Text;
using System.Text.Json;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Which top-level fields differ between two objects of a type, as their JSON sees it.</summary>
internal static class JsonChanges
{
    public static IReadOnlyList<string> Between<T>(T old, T changed, string path)
    {
        var (before, after) = (ObjectJson.Encode(old), ObjectJson.Encode(changed));
        if (before.AsSpan().SequenceEqual(after))
        {
            return [];
        }

        using var left = JsonDocument.Parse(before);
        using var right = JsonDocument.Parse(after);
        var names = left.RootElement.EnumerateObject().Concat(right.RootElement.EnumerateObject()).Select(field => field.Name);
        return [.. names.Distinct().Where(name => !Same(left.RootElement, right.RootElement, name)).Select(name => $"{path}.{name}")];
    }

    /// <summary>True when the two are the same once written.</summary>
    public static bool AreEqual<T>(T left, T right)
        => ReferenceEquals(left, right)
            || (left is not null && right is not null && ObjectJson.Encode(left).AsSpan().SequenceEqual(ObjectJson.Encode(right)));

    /// <summary>An object as messages show it.</summary>
    public static string Text<T>(T value) => Encoding.UTF8.GetString(ObjectJson.Encode(value));

    private static bool Same(JsonElement left, JsonElement right, string name)
        => left.TryGetProperty(name, out var one)
            && right.TryGetProperty(name, out var other)
            && JsonElement.DeepEquals(one, other);
}
