using System.IO.Compression;
using ZstdSharp;

namespace MiniKube.Runtimes;

/// <summary>Tells by the first bytes how a stream is compressed.</summary>
internal static class Compression
{
    private const int MagicBytes = 4;

    /// <summary>A stream of the uncompressed bytes, which owns <paramref name="stream"/>.</summary>
    public static async Task<Stream> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var magic = new byte[MagicBytes];
        var length = await stream.ReadAtLeastAsync(magic, MagicBytes, throwOnEndOfStream: false, cancellationToken);
        var whole = new PrefixedStream(magic.AsMemory(0, length), stream);
        return magic switch
        {
            [0x1F, 0x8B, ..] => new GZipStream(whole, CompressionMode.Decompress),
            [0x28, 0xB5, 0x2F, 0xFD] => new DecompressionStream(whole, leaveOpen: false),
            _ => whole,
        };
    }
}
