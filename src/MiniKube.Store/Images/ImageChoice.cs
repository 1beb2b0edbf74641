using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Finds what to start from: the newest image that is whole, or nothing when the journal still reaches back to the
/// first write. A start without images does not touch LiteDB at all: loading it takes longer than everything else.
/// </summary>
internal sealed partial class ImageChoice(IDisk disk, DiskForm form, ILogger logger)
{
    /// <summary>The start, and the images that may be relied on, newest first.</summary>
    /// <exception cref="StoreException">
    /// All images are damaged and the journal cannot replace them. Nothing was changed.
    /// </exception>
    public (Snapshot Start, ImmutableArray<ImageName> Good) Load()
    {
        var images = ImagesNewestFirst();
        for (var at = 0; at < images.Length; at++)
        {
            if (TryRead(images[at]) is { } snapshot)
            {
                return (snapshot, images[at..]);
            }
        }

        if (!images.IsEmpty && !JournalIsWhole())
        {
            var files = string.Join(", ", images.Select(image => disk.PathOf(image.ToString())));
            throw new StoreException(
                $"all images are damaged ({files}) and the journal does not reach back far enough to do without; "
                + "restore the data directory from a backup");
        }

        return (Snapshot.Empty, []);
    }

    private ImmutableArray<ImageName> ImagesNewestFirst()
        => [.. disk.List()
            .Where(static name => ImageName.TryParse(name, out _))
            .Select(static name => ImageName.TryParse(name, out var image) ? image : default)
            .OrderByDescending(static image => image.Revision)];

    private Snapshot? TryRead(ImageName image)
    {
        try
        {
            return new ImageReader(disk, form).Read(image);
        }
        catch (Exception error) when (error is not (UnauthorizedAccessException or StoreException))
        {
            // A missing key is no damage. Whatever LiteDB makes of a broken file: there is another image, or a clear refusal.
            Log.Damaged(logger, disk.PathOf(image.ToString()), error.Message);
            return null;
        }
    }

    private bool JournalIsWhole()
        => disk.List().Any(static name => SegmentName.TryParse(name, out var first) && first == Revision.Zero.Next);

    private static partial class Log
    {
        [LoggerMessage(1030, LogLevel.Warning,
            "Image {File} is damaged: {Reason}; starting from the one before and the journal")]
        public static partial void Damaged(ILogger logger, string file, string reason);
    }
}
