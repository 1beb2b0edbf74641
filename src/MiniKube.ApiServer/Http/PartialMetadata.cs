using System.Buffers;
using System.Text.Json;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>Objects as <c>PartialObjectMetadata</c>: their stored metadata bytes and nothing else.</summary>
internal static class PartialMetadata
{
    public static void Write(IBufferWriter<byte> output, StoredObject stored)
    {
        output.Write("{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"u8);
        output.Write(MetadataOf(stored.Json.Span));
        output.Write("}"u8);
    }

    private static ReadOnlySpan<byte> MetadataOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return "{}"u8;
    }
}
