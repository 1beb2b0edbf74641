using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>Reads a JSON manifest; what is not JSON is refused with its place.</summary>
internal static class JsonReader
{
    private static readonly JsonNodeOptions AsWritten = new() { PropertyNameCaseInsensitive = false };

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 100, AllowDuplicateProperties = false };

    /// <summary>JSON files begin with a brace or bracket; YAML manifests do not.</summary>
    public static bool LooksLikeJson(string text) => text.AsSpan().TrimStart() is ['{' or '[', ..];

    /// <exception cref="CommandException">
    /// The text is not JSON: <c>SOURCE:LINE:COLUMN: what was expected</c>.
    /// </exception>
    public static YamlDocument Read(string source, string text)
    {
        try
        {
            var root = JsonNode.Parse(text, AsWritten, Strict);
            return new YamlDocument(source, root, new Position(1, 1), new Dictionary<JsonNode, Position>());
        }
        catch (JsonException wrong)
        {
            throw Refused(source, text, wrong);
        }
    }

    private static CommandException Refused(string source, string text, JsonException wrong)
    {
        var line = wrong.LineNumber ?? 0;
        var column = CharactersOf(text, line, wrong.BytePositionInLine ?? 0);
        var end = wrong.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var message = end < 0 ? wrong.Message : wrong.Message[..end];
        return new CommandException($"{source}:{line + 1}:{column + 1}: {message}");
    }

    // The parser counts bytes; people count characters.
    private static long CharactersOf(string text, long line, long bytes)
    {
        var content = text.Split('\n').ElementAtOrDefault((int)line) ?? "";
        var utf8 = Encoding.UTF8.GetBytes(content);
        return Encoding.UTF8.GetCharCount(utf8, 0, (int)Math.Min(bytes, utf8.Length));
    }
}
