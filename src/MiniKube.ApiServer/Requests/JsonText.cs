using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>
/// JSON of bodies that are not objects of a kind: read strictly, refused with the place of the mistake.
/// </summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // Two values for one name: which one counts would be chance.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <exception cref="ApiException">BadRequest: it is not JSON.</exception>
    public static JsonNode? ParseNode(ReadOnlySpan<byte> utf8)
    {
        try
        {
            CheckStrings(utf8);
            return JsonNode.Parse(utf8, documentOptions: Strict);
        }
        catch (JsonException failure)
        {
            throw Malformed(failure);
        }
    }

    public static byte[] Encode(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            node.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A body of a fixed model (delete options, binding, scale); unknown fields are dropped.</summary>
    /// <exception cref="ApiException">BadRequest: it is not JSON or not of that form.</exception>
    public static T Decode<T>(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return ObjectJson.Decode<T>(utf8);
        }
        catch (JsonException failure)
        {
            throw Malformed(failure);
        }
    }

    public static ApiException Malformed(JsonException failure)
        => new(StatusReason.BadRequest, string.Create(
            CultureInfo.InvariantCulture,
            $"the body is not valid JSON at line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}: "
            + $"{Sentence(failure)}"));

    // Nodes are decoded late, and half a character would only be met in the middle of a merge.
    private static void CheckStrings(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
            {
                continue;
            }

            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new ApiException(StatusReason.BadRequest, string.Create(
                    CultureInfo.InvariantCulture,
                    $"the body is not valid JSON: the text at byte {reader.TokenStartIndex + 1} is not UTF-8"));
            }
        }
    }

    // The platform appends the place in its own words.
    private static string Sentence(JsonException failure)
    {
        var text = failure.Message;
        var place = text.IndexOf(" Path: ", StringComparison.Ordinal);
        place = place < 0 ? text.IndexOf(" LineNumber: ", StringComparison.Ordinal) : place;
        return place < 0 ? text : text[..place];
    }
}
