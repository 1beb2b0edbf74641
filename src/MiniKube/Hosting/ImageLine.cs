using System.Globalization;
using MiniKube.Runtimes;

namespace MiniKube;

/// <summary>An image as one line of text: id, size and names, with tabs between.</summary>
internal static class ImageLine
{
    public static string Format(ImageStatus image)
        => string.Create(CultureInfo.InvariantCulture, $"{image.Id}\t{image.Bytes}\t{string.Join(' ', image.Names)}");

    public static (string Id, long Bytes, string[] Names) Parse(string line)
        => line.Split('\t') is [var id, var bytes, var names]
            ? (id, long.Parse(bytes, CultureInfo.InvariantCulture), names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            : throw new FormatException($"'{line}' is no image");
}
