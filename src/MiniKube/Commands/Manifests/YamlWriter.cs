using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MiniKube;

/// <summary>
/// Writes JSON as YAML the way kubectl does: names in order, lists level with their name, long text as a block.
/// </summary>
internal sealed class YamlWriter
{
    private readonly Emitter _emitter;

    private YamlWriter(TextWriter output)
        => _emitter = new Emitter(output, new EmitterSettings(
            bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));

    public static string Write(JsonNode? node)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var writer = new YamlWriter(output);
        writer._emitter.Emit(new StreamStart());
        writer._emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        writer.Node(node);
        writer._emitter.Emit(new DocumentEnd(isImplicit: true));
        writer._emitter.Emit(new StreamEnd());
        return output.ToString();
    }

    private void Node(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                Map(map);
                break;
            case JsonArray items:
                List(items);
                break;
            default:
                _emitter.Emit(ScalarOf(node));
                break;
        }
    }

    private void Map(JsonObject map)
    {
        var style = map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block;
        _emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
        foreach (var (name, value) in map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            _emitter.Emit(TextOf(name));
            Node(value);
        }

        _emitter.Emit(new MappingEnd());
    }

    private void List(JsonArray items)
    {
        var style = items.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block;
        _emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, style));
        foreach (var item in items)
        {
            Node(item);
        }

        _emitter.Emit(new SequenceEnd());
    }

    private static Scalar ScalarOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => Plain("null"),
        JsonValueKind.String => TextOf(node.GetValue<string>()),
        _ => Plain(node.ToJsonString()),
    };

    private static Scalar TextOf(string text)
    {
        if (text.Contains('\n', StringComparison.Ordinal) && !text.Contains('\t', StringComparison.Ordinal))
        {
            return Styled(text, ScalarStyle.Literal);
        }

        return YamlScalar.NeedsQuotes(text) ? Styled(text, ScalarStyle.DoubleQuoted) : Styled(text, ScalarStyle.Any);
    }

    private static Scalar Plain(string text) => Styled(text, ScalarStyle.Plain);

    private static Scalar Styled(string text, ScalarStyle style)
        => new(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true);
}
