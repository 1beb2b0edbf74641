using System.Globalization;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The name of an image file: the revision it is of, and the CRC-32C of the whole file. A file gets its name by being
/// renamed when it is complete, so name and checksum appear together or not at all, and the file itself stays a plain
/// LiteDB file.
/// </summary>
internal readonly record struct ImageName(Revision Revision, uint Checksum)
{
    /// <summary>The name while the image is being written.</summary>
    public const string Unfinished = "image.tmp";

    private const string Prefix = "image-";
    private const string Suffix = ".litedb";
    private const int RevisionDigits = 20;
    private const int ChecksumDigits = 8;

    public override string ToString()
        => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Revision.Value:D20}-{Checksum:x8}{Suffix}");

    public static bool TryParse(string name, out ImageName image)
    {
        image = default;
        if (name.Length != Prefix.Length + RevisionDigits + 1 + ChecksumDigits + Suffix.Length
            || !name.StartsWith(Prefix, StringComparison.Ordinal)
            || !name.EndsWith(Suffix, StringComparison.Ordinal)
            || !Revision.TryParse(name.AsSpan(Prefix.Length, RevisionDigits), out var revision)
            || !uint.TryParse(
                name.AsSpan(Prefix.Length + RevisionDigits + 1, ChecksumDigits),
                NumberStyles.AllowHexSpecifier,
                CultureInfo.InvariantCulture,
                out var checksum))
        {
            return false;
        }

        image = new ImageName(revision, checksum);
        return true;
    }
}
