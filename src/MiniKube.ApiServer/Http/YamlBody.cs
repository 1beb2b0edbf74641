using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MiniKube.Api;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace MiniKube.ApiServer;

/// <summary>
/// A YAML body as JSON, by the YAML 1.2 core schema. Reads events and not a tree: nesting and aliases are bounded
/// before they cost anything.
/// </summary>
internal sealed class YamlBody
{
    // What a body of 3 MiB can grow to by aliases before it is refused.
    private const int JsonBytesMax = 4 * BodyReader.BytesMax;

    // As deep as the JSON reader goes.
    private const int DepthMax = 64;

    private readonly List<ParsingEvent> _events;
    private readonly Dictionary<AnchorName, int> _anchors = [];
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Utf8JsonWriter _writer;

    private YamlBody(List<ParsingEvent> events)
    {
        _events = events;
        _writer = new Utf8JsonWriter(_output);
    }

    /// <exception cref="ApiException">BadRequest, with line and column: not YAML, or not one document.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> yaml)
    {
        var parser = new Parser(new StringReader(Encoding.UTF8.GetString(yaml.Span)));
        try
        {
            return new YamlBody(ReadDocument(parser)).Convert();
        }
        catch (YamlException failure)
        {
            throw Malformed(failure.Start, failure.Message);
        }
        catch (InvalidOperationException failure)
        {
            // The scanner's way of saying that an open bracket is followed by something that cannot be in it.
            throw Malformed(parser.Current?.End ?? Mark.Empty, failure.Message);
        }
    }

    // The events of the one document's root node.
    private static List<ParsingEvent> ReadDocument(Parser parser)
    {
        var events = new List<ParsingEvent>();
        var (documents, depth) = (0, 0);
        while (parser.MoveNext())
        {
            var current = parser.Current!;
            depth += current.NestingIncrease;
            documents += current is DocumentStart ? 1 : 0;
            if (documents > 1)
            {
                throw new YamlException(current.Start, current.End, "a second document begins here; send one");
            }

            // Stream and document count as levels, too.
            if (depth > DepthMax + 2)
            {
                throw new YamlException(current.Start, current.End, $"nested deeper than {DepthMax} levels");
            }

            if (current is Scalar or MappingStart or MappingEnd or SequenceStart or SequenceEnd or AnchorAlias)
            {
                events.Add(current);
            }
        }

        return events;
    }

    private ReadOnlyMemory<byte> Convert()
    {
        if (_events.Count > 0)
        {
            WriteNode(0, depth: 0);
        }

        _writer.Flush();
        return _output.WrittenMemory;
    }

    // Writes the node that begins at an event; returns the event after it.
    private int WriteNode(int at, int depth)
    {
        var start = _events[at];
        if (depth > DepthMax || _writer.BytesCommitted + _writer.BytesPending > JsonBytesMax)
        {
            throw new YamlException(start.Start, start.End, "too deep or too large when its aliases are written out");
        }

        var next = start switch
        {
            MappingStart => WriteMapping(at, depth),
            SequenceStart => WriteSequence(at, depth),
            AnchorAlias alias => WriteAlias(at, alias, depth),
            _ => WriteScalar(at, (Scalar)start),
        };

        // Known from its end on: a node cannot hold itself.
        if (start is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor] = at;
        }

        return next;
    }

    private int WriteMapping(int at, int depth)
    {
        _writer.WriteStartObject();
        at++;
        while (_events[at] is not MappingEnd)
        {
            var key = _events[at] as Scalar
                ?? throw new YamlException(_events[at].Start, _events[at].End, "a key must be plain text");
            _writer.WritePropertyName(key.Value);
            at = WriteNode(at + 1, depth + 1);
        }

        _writer.WriteEndObject();
        return at + 1;
    }

    private int WriteSequence(int at, int depth)
    {
        _writer.WriteStartArray();
        at++;
        while (_events[at] is not SequenceEnd)
        {
            at = WriteNode(at, depth + 1);
        }

        _writer.WriteEndArray();
        return at + 1;
    }

    private int WriteAlias(int at, AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value, out var target))
        {
            throw new YamlException(alias.Start, alias.End, $"nothing before this is called {alias.Value}");
        }

        WriteNode(target, depth + 1);
        return at + 1;
    }

    private int WriteScalar(int at, Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
        {
            _writer.WriteStringValue(text);
        }
        else if (text is "" or "~" or "null" or "Null" or "NULL")
        {
            _writer.WriteNullValue();
        }
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            _writer.WriteBooleanValue(text[0] is 't' or 'T');
        }
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            _writer.WriteNumberValue(whole);
        }
        else if (IsNumber(text, out var number))
        {
            _writer.WriteNumberValue(number);
        }
        else
        {
            _writer.WriteStringValue(text);
        }

        return at + 1;
    }

    // Infinity and NaN are no numbers in JSON.
    private static bool IsNumber(string text, out double number)
        => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
            && double.IsFinite(number)
            && char.IsAsciiDigit(text[^1]);

    private static ApiException Malformed(Mark place, string why)
        => new(StatusReason.BadRequest, string.Create(
            CultureInfo.InvariantCulture,
            $"the body is not valid YAML at line {place.Line}, column {place.Column}: {why}"));
}
