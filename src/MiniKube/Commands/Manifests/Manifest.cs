using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube;

/// <summary>An object as a person wrote it, with what every object must have.</summary>
internal sealed class Manifest
{
    private readonly YamlDocument _document;

    private Manifest(YamlDocument document, JsonObject item)
    {
        _document = document;
        Object = item;
        var apiVersion = Text(item, "apiVersion", item);
        Kind = Gvk.Parse(apiVersion, Text(item, "kind", item));
        Metadata = item["metadata"] as JsonObject
            ?? throw Missing(item["metadata"] ?? item, "expected metadata, a map with the object's name");
        Name = Metadata["name"]?.ToString() ?? "";
        if (Name.Length == 0 && Metadata["generateName"] is null)
        {
            throw Missing(Metadata, "expected metadata.name");
        }
    }

    public JsonObject Object { get; }

    public Gvk Kind { get; }

    public JsonObject Metadata { get; }

    public string Name { get; }

    /// <summary>What the manifest says; null leaves it to the caller.</summary>
    public string? Namespace => Metadata["namespace"]?.ToString();

    public string Source => _document.Source;

    /// <summary>The objects of a document: none if it is empty, several if it is a list.</summary>
    public static IEnumerable<Manifest> Of(YamlDocument document)
    {
        if (document.Root is null)
        {
            return [];
        }

        if (document.Root is not JsonObject root)
        {
            throw new CommandException(document.At(document.Root, "expected an object with apiVersion, kind and metadata"));
        }

        return IsList(root, out var items) ? items.Select(item => OfItem(document, item)).ToList() : [new Manifest(document, root)];
    }

    /// <summary>A message about the object, after the place it was written at.</summary>
    public string At(string message) => _document.At(Object, message);

    private static bool IsList(JsonObject root, out JsonArray items)
    {
        items = root["items"] as JsonArray ?? [];
        return root["items"] is JsonArray && root["kind"]?.ToString().EndsWith("List", StringComparison.Ordinal) == true;
    }

    private static Manifest OfItem(YamlDocument document, JsonNode? item)
        => new(document, item as JsonObject
            ?? throw new CommandException(document.At(item, "expected an object with apiVersion, kind and metadata")));

    private string Text(JsonObject map, string name, JsonObject place)
        => map[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0
            ? text
            : throw Missing(map[name] ?? place, $"expected {name}, a text");

    private CommandException Missing(JsonNode place, string message) => new(_document.At(place, message));
}
