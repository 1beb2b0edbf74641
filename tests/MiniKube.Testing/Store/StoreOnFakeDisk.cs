using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using MiniKube.Store;

namespace MiniKube.Testing;

/// <summary>Opens stores on fake disks.</summary>
internal static class StoreOnFakeDisk
{
    /// <summary>
    /// A segment of this size takes a handful of small writes: segments end and images are written all the time.
    /// </summary>
    public const long SmallSegment = 1_000;

    /// <summary>A segment of this size never ends in a test: the journal is one file and there are no images.</summary>
    public const long OneSegment = 16 * 1024 * 1024;

    public static ResourceStore Open(FakeDisk disk, long segmentBytes, TimeProvider? time = null, ILoggerFactory? loggers = null)
        => ResourceStore.Open(
            disk,
            new StoreOptions { Directory = "", SegmentBytes = segmentBytes },
            time ?? TimeProvider.System,
            loggers ?? NullLoggerFactory.Instance);
}
