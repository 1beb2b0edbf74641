using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MiniKube.Api;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace MiniKube.ApiServer;

/// <summary>A YAML body as JSON, by the YAML 1.2 core schema with the spellings of true and false that Kubernetes takes.</summary>
internal static class YamlBody
{
    // What a body of 3 MiB can grow to by aliases before it is refused.
    private const int JsonBytesMax = 4 * BodyReader.BytesMax;
    private const int DepthMax = 64;

    /// <exception cref="ApiException">BadRequest, with line and column: not YAML, or not one document.</exception>
    public static ReadOnlyMemory<byte> ToJson(ReadOnlyMemory<byte> yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(Encoding.UTF8.GetString(yaml.Span)));
            if (stream.Documents.Count != 1)
            {
                throw new ApiException(StatusReason.BadRequest, $"the body has {stream.Documents.Count} YAML documents; send one");
            }

            var buffer = new ArrayBufferWriter<byte>(yaml.Length);
            using (var writer = new Utf8JsonWriter(buffer))
            {
                Write(writer, buffer, stream.Documents[0].RootNode, depth: 0);
            }

            return buffer.WrittenMemory;
        }
        catch (YamlException failure)
        {
            throw new ApiException(StatusReason.BadRequest, string.Create(
                CultureInfo.InvariantCulture,
                $"the body is not valid YAML at line {failure.Start.Line}, column {failure.Start.Column}: {failure.Message}"));
        }
    }

    private static void Write(Utf8JsonWriter writer, ArrayBufferWriter<byte> buffer, YamlNode node, int depth)
    {
        if (depth > DepthMax || buffer.WrittenCount + writer.BytesPending > JsonBytesMax)
        {
            throw new YamlException(node.Start, node.End, "nested too deeply, or too large when its aliases are written out");
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                writer.WriteStartObject();
                foreach (var (key, value) in mapping.Children)
                {
                    var name = key as YamlScalarNode
                        ?? throw new YamlException(key.Start, key.End, "a key must be plain text");
                    writer.WritePropertyName(name.Value ?? "");
                    Write(writer, buffer, value, depth + 1);
                }

                writer.WriteEndObject();
                break;
            case YamlSequenceNode sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Children)
                {
                    Write(writer, buffer, item, depth + 1);
                }

                writer.WriteEndArray();
                break;
            case YamlScalarNode scalar:
                WriteScalar(writer, scalar);
                break;
        }
    }

    private static void WriteScalar(Utf8JsonWriter writer, YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            writer.WriteStringValue(text);
        }
        else if (text is "" or "~" or "null" or "Null" or "NULL")
        {
            writer.WriteNullValue();
        }
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
        {
            writer.WriteBooleanValue(text[0] is 't' or 'T');
        }
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            writer.WriteNumberValue(whole);
        }
        else if (char.IsAsciiDigit(text[^1]) && double.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(text);
        }
    }
}
