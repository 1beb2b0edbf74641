using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace MiniKube;

/// <summary>
/// The form of a snapshot file: a zip archive, so that anybody can look into it, whose comment is the SHA-256 of every byte before
/// the comment. Parts in this order: <see cref="Objects"/>, <see cref="Cluster"/>, <see cref="Keys"/> if there are any,
/// <see cref="Manifest"/>.
/// </summary>
internal static class SnapshotArchive
{
    /// <summary>The objects, as the store's capture writes them.</summary>
    public const string Objects = "objects";

    /// <summary><c>cluster.json</c> of the data directory: what was decided at the first start.</summary>
    public const string Cluster = "cluster.json";

    /// <summary>The keys, sealed under a passphrase.</summary>
    public const string Keys = "keys.sealed";

    public const string Manifest = "manifest.json";

    private const string CommentPrefix = "sha256:";
    private const int BufferBytes = 1024 * 1024;

    /// <summary>Bytes at the end of the file that the checksum is not of, being the checksum.</summary>
    public static int CommentBytes { get; } = CommentPrefix.Length + (SHA256.HashSizeInBytes * 2);

    /// <summary>Room for the checksum, to be filled by <see cref="Finish"/>.</summary>
    public static void Reserve(ZipArchive archive) => archive.Comment = new string('-', CommentBytes);

    /// <summary>Reads the finished archive back and writes its checksum at the end.</summary>
    public static void Finish(Stream file)
    {
        var comment = CommentOf(file);
        file.Position = file.Length - CommentBytes;
        file.Write(Encoding.ASCII.GetBytes(comment));
    }

    /// <summary>True when the file ends with the checksum of everything before.</summary>
    public static bool IsWhole(Stream file)
    {
        if (file.Length <= CommentBytes)
        {
            return false;
        }

        var expected = CommentOf(file);
        var written = new byte[CommentBytes];
        file.Position = file.Length - CommentBytes;
        file.ReadExactly(written);
        return Encoding.ASCII.GetString(written) == expected;
    }

    private static string CommentOf(Stream file)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[BufferBytes];
        file.Position = 0;
        for (var left = file.Length - CommentBytes; left > 0;)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(left, buffer.Length));
            if (read == 0)
            {
                throw new EndOfStreamException("the file became shorter while it was read");
            }

            hash.AppendData(buffer.AsSpan(0, read));
            left -= read;
        }

        return CommentPrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
