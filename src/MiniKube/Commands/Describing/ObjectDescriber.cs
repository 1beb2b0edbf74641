using System.Text;
using System.Text.Json.Nodes;

namespace MiniKube;

/// <summary>What every object has, and for kinds without a form of their own, everything else field by field.</summary>
internal sealed class ObjectDescriber(FieldWriter writer)
{
    private static readonly string[] Hidden = ["managedFields", "name", "namespace", "labels", "annotations"];

    public void DescribeHead(JsonObject item)
    {
        var metadata = item.Map("metadata");
        writer.Field("Name", metadata.Text("name"));
        if (metadata.Text("namespace") is { } @namespace)
        {
            writer.Field("Namespace", @namespace);
        }
    }

    public void DescribeLabels(JsonObject item)
    {
        var metadata = item.Map("metadata");
        writer.Field("Labels", Lines(metadata.Map("labels"), "="));
        writer.Field("Annotations", Lines(Shown(metadata.Map("annotations")), ": "));
    }

    public void DescribeAll(JsonObject item)
    {
        DescribeHead(item);
        DescribeLabels(item);
        writer.Field("API Version", item.Text("apiVersion"));
        writer.Field("Kind", item.Text("kind"));
        foreach (var (name, value) in item.Where(static pair => pair.Key is not ("apiVersion" or "kind")))
        {
            Node(name, value);
        }
    }

    /// <summary><c>name=value</c>, one a line.</summary>
    public static string Lines(IEnumerable<KeyValuePair<string, JsonNode?>> map, string between)
        => string.Join('\n', map
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => $"{pair.Key}{between}{pair.Value}"));

    /// <summary>A table of the conditions with the columns given: header and field.</summary>
    public void DescribeConditions(JsonObject status, params (string Header, string Field)[] columns)
    {
        List<IReadOnlyList<string>> rows = [[.. columns.Select(static column => column.Header)]];
        rows.AddRange(status.Items("conditions")
            .Select(one => columns.Select(column => one.Text(column.Field) ?? "").ToList()));
        writer.Section("Conditions", () => writer.Table(rows));
    }

    private void Node(string name, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                writer.Section(TitleOf(name), () => Children(map));
                break;
            case JsonArray items when items.All(static item => item is JsonValue):
                writer.Section(TitleOf(name), () => items.ToList().ForEach(item => writer.Text($"{item}")));
                break;
            case JsonArray items:
                writer.Section(TitleOf(name), () => items.OfType<JsonObject>().ToList().ForEach(Children));
                break;
            default:
                writer.Field(TitleOf(name), value?.ToString());
                break;
        }
    }

    private void Children(JsonObject map)
    {
        foreach (var (name, value) in map.Where(static pair => !Hidden.Contains(pair.Key)))
        {
            Node(name, value);
        }
    }

    // What apply wrote for itself is noise to people.
    private static IEnumerable<KeyValuePair<string, JsonNode?>> Shown(JsonObject annotations)
        => annotations.Where(static pair => pair.Key != "kubectl.kubernetes.io/last-applied-configuration");

    // creationTimestamp -> Creation Timestamp
    private static string TitleOf(string name)
    {
        var title = new StringBuilder();
        foreach (var (index, letter) in name.Index())
        {
            var startsWord = char.IsAsciiLetterUpper(letter) && index > 0 && !char.IsAsciiLetterUpper(name[index - 1]);
            title.Append(startsWord ? " " : "").Append(index == 0 ? char.ToUpperInvariant(letter) : letter);
        }

        return title.ToString();
    }
}
