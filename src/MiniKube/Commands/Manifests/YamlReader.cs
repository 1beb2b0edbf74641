using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MiniKube;

/// <summary>
/// Turns YAML into JSON as Kubernetes' tools do (YAML 1.1 scalars), remembering where everything stood. Anchors, merge keys and
/// several documents are understood; a document that is not well-formed is refused with its place and what was expected.
/// </summary>
internal sealed class YamlReader
{
    // Deeper than any manifest; a hostile file must not overflow the stack.
    private const int DepthMax = 100;

    // A manifest has thousands of values; a small file of aliases to aliases would have billions.
    private const int ValuesMax = 1_000_000;

    private readonly string _source;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, JsonNode?> _anchors = [];
    private Dictionary<JsonNode, Position> _positions = new(ReferenceEqualityComparer.Instance);
    private int _depth;
    private int _values;

    private YamlReader(string source, TextReader text)
    {
        _source = source;
        _parser = new Parser(text);
    }

    /// <exception cref="CommandException">
    /// The text is not YAML: <c>SOURCE:LINE:COLUMN: what was expected</c>.
    /// </exception>
    public static IReadOnlyList<YamlDocument> Read(string source, string text)
    {
        var reader = new YamlReader(source, new StringReader(text));
        try
        {
            return reader.ReadAll();
        }
        catch (YamlException wrong)
        {
            // The start is where the construct began, the end where it went wrong: there people have to look.
            throw FindTab(source, text) ?? Refused(source, wrong.End, wrong.Message);
        }
        catch (InvalidOperationException)
        {
            // The scanner's way of saying that an open [ or { is followed by something that cannot be in it.
            throw Refused(source, reader._parser.Current?.End ?? Mark.Empty, "expected ',' or the closing bracket after this");
        }
    }

    // The commonest mistake, which the parser reports at the top of the map.
    private static CommandException? FindTab(string source, string text)
    {
        var line = text.Split('\n').Index().FirstOrDefault(static line => line.Item.TrimStart(' ').StartsWith('\t'));
        return line.Item is null
            ? null
            : new CommandException($"{source}:{line.Index + 1}:{line.Item.IndexOf('\t', StringComparison.Ordinal) + 1}: "
                + "expected spaces as indentation, found a tab");
    }

    private List<YamlDocument> ReadAll()
    {
        var documents = new List<YamlDocument>();
        _parser.Consume<StreamStart>();
        while (!_parser.TryConsume<StreamEnd>(out _))
        {
            _parser.Consume<DocumentStart>();
            _anchors.Clear();
            _positions = new Dictionary<JsonNode, Position>(ReferenceEqualityComparer.Instance);
            var start = PlaceOf(_parser.Current!.Start);
            documents.Add(new YamlDocument(_source, ReadNode(), start, _positions));
            _parser.Consume<DocumentEnd>();
        }

        return documents;
    }

    private JsonNode? ReadNode()
    {
        var start = _parser.Current!.Start;
        if (++_values > ValuesMax)
        {
            throw Refused(_source, start, $"expected at most {ValuesMax} values in one file");
        }

        if (++_depth > DepthMax)
        {
            throw Refused(_source, start, $"expected at most {DepthMax} levels of nesting");
        }

        var node = ReadNodeWithinLimits(start);
        _depth--;
        return node;
    }

    private JsonNode? ReadNodeWithinLimits(Mark start)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return CopyOf(alias);
        }

        var anchor = ((NodeEvent)_parser.Current!).Anchor;
        JsonNode? node = _parser.Current switch
        {
            MappingStart => ReadMapping(),
            SequenceStart => ReadSequence(),
            _ => ReadScalar(),
        };
        if (node is not null)
        {
            _positions[node] = PlaceOf(start);
        }

        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private JsonObject ReadMapping()
    {
        var mapping = new JsonObject();
        var merged = new List<JsonObject>();
        _parser.Consume<MappingStart>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
            {
                throw Refused(_source, _parser.Current!.Start, "expected a name before ':', found a list or a map");
            }

            var value = ReadNode();
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                merged.AddRange(MergedMaps(key, value));
                continue;
            }

            if (!mapping.TryAdd(key.Value, value))
            {
                throw Refused(_source, key.Start, $"expected each name once, found '{key.Value}' again");
            }
        }

        foreach (var (name, value) in merged.SelectMany(static map => map).Where(pair => !mapping.ContainsKey(pair.Key)))
        {
            mapping.TryAdd(name, value?.DeepClone());
        }

        return mapping;
    }

    private IEnumerable<JsonObject> MergedMaps(Scalar key, JsonNode? value) => value switch
    {
        JsonObject map => [map],
        JsonArray maps => maps.Select(map => map as JsonObject ?? throw NoMap(key)),
        _ => throw NoMap(key),
    };

    private CommandException NoMap(Scalar key) => Refused(_source, key.Start, "expected a map, or a list of maps, after '<<'");

    private JsonArray ReadSequence()
    {
        var items = new JsonArray();
        _parser.Consume<SequenceStart>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode());
        }

        return items;
    }

    private JsonValue? ReadScalar()
    {
        var scalar = _parser.Consume<Scalar>();
        try
        {
            return YamlScalar.ToJson(scalar);
        }
        catch (FormatException wrong)
        {
            throw Refused(_source, scalar.Start, wrong.Message);
        }
    }

    private JsonNode? CopyOf(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
        {
            throw Refused(_source, alias.Start, $"expected an anchor '&{alias.Value.Value}' above");
        }

        _values += SizeOf(node);
        return node?.DeepClone();
    }

    private static int SizeOf(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Sum(static pair => SizeOf(pair.Value)),
        JsonArray items => 1 + items.Sum(SizeOf),
        _ => 1,
    };

    private static Position PlaceOf(Mark mark) => new((int)mark.Line, (int)mark.Column);

    private static CommandException Refused(string source, Mark mark, string message)
        => new($"{source}:{mark.Line}:{mark.Column}: {message}");
}
