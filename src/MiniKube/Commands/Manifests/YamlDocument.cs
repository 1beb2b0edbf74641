using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>A place in a file, both counted from 1.</summary>
internal readonly record struct Position(int Line, int Column);

/// <summary>One document of a file as JSON, and where in the file each of its values stood.</summary>
internal sealed class YamlDocument(
    string source, JsonNode? root, Position start, IReadOnlyDictionary<JsonNode, Position> positions)
{
    /// <summary>The file's path, the URL, or <c>STDIN</c>.</summary>
    public string Source { get; } = source;

    /// <summary>Null when the document says null or nothing.</summary>
    public JsonNode? Root { get; } = root;

    public Position Start { get; } = start;

    /// <summary>
    /// A message about a value, after <c>FILE:LINE:COLUMN:</c>; about the document when it has no place of its own.
    /// </summary>
    public string At(JsonNode? node, string message)
    {
        var place = node is not null && positions.TryGetValue(node, out var found) ? found : Start;
        return $"{Source}:{place.Line}:{place.Column}: {message}";
    }
}
