using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>A document ready to be sent; <see cref="ETag"/> is the quoted header value.</summary>
internal sealed record DiscoveryDocument(ReadOnlyMemory<byte> Bytes, string ContentType, string ETag)
{
    public static DiscoveryDocument Make(string contentType, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return Of(contentType, buffer.WrittenMemory.ToArray());
    }

    public static DiscoveryDocument Of(string contentType, byte[] bytes)
        => new(bytes, contentType, $"\"{Convert.ToHexString(SHA512.HashData(bytes))}\"");
}
