using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>A document ready to be sent; <see cref="ETag"/> is the quoted header value.</summary>
internal sealed record DiscoveryDocument(ReadOnlyMemory<byte> Json, string ContentType, string ETag)
{
    public static DiscoveryDocument Make(string contentType, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        var json = buffer.WrittenMemory.ToArray();
        return new DiscoveryDocument(json, contentType, $"\"{Convert.ToHexString(SHA512.HashData(json))}\"");
    }
}
