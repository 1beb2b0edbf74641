using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Maps of text, as kubectl shows them.</summary>
internal static class Labels
{
    /// <summary><c>app=web,tier=front</c>, or <c>&lt;none&gt;</c>.</summary>
    public static string ToText(JsonObject? labels)
        => labels is { Count: > 0 }
            ? string.Join(',', labels
                .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .Select(static pair => $"{pair.Key}={pair.Value}"))
            : "<none>";
}
