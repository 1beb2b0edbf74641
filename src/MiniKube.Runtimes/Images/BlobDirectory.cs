using System.Security.Cryptography;

namespace MiniKube.Runtimes;

/// <summary>Files named by the digest of their content. A file is there whole or not at all.</summary>
internal sealed class BlobDirectory
{
    private const string Prefix = "sha256:";

    private readonly string _directory;

    public BlobDirectory(string directory) => _directory = Directory.CreateDirectory(directory).FullName;

    public static string DigestOf(ReadOnlySpan<byte> bytes) => Prefix + Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The 64 digits of a digest.</summary>
    /// <exception cref="InvalidDataException">It is not a sha256 digest; it could be a path.</exception>
    public static string HexOf(string digest)
    {
        var hex = digest.StartsWith(Prefix, StringComparison.Ordinal) ? digest[Prefix.Length..] : "";
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigitLower)
            ? hex
            : throw new InvalidDataException($"'{digest}' is not a sha256 digest");
    }

    public byte[]? Find(string digest)
        => File.Exists(PathOf(digest)) ? File.ReadAllBytes(PathOf(digest)) : null;

    public void Write(string digest, ReadOnlySpan<byte> bytes) => DurableFile.Write(PathOf(digest), bytes);

    public void Remove(string digest) => File.Delete(PathOf(digest));

    public IEnumerable<string> All() => Directory.EnumerateFiles(_directory).Select(static path => Prefix + Path.GetFileName(path));

    private string PathOf(string digest) => Path.Combine(_directory, HexOf(digest));
}
