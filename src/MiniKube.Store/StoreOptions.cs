namespace MiniKube.Store;

/// <summary>
/// Where the store keeps its files and how much of the past it keeps. The defaults suit every size of cluster.
/// </summary>
public sealed class StoreOptions
{
    /// <summary>The data directory; made when missing. One instance at a time may have it open.</summary>
    public required string Directory { get; init; }

    /// <summary>How values of some resources are encrypted on the disk; null leaves all as they are.</summary>
    public IValueSeal? Seal { get; init; }

    /// <summary>
    /// A journal segment is closed when it is longer than this. 16 MiB: replayed in well under a second, and the slack
    /// the store allows itself on disk.
    /// </summary>
    public long SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// Events kept for watches and lists in the past. 20,000: six seconds of the highest write rate we aim for.
    /// </summary>
    public int HistoryEventsMax { get; init; } = 20_000;

    /// <summary>
    /// JSON bytes the kept events may hold on to. 16 MiB: what readers derive from the objects is kept with them and is
    /// several times as big, and history must not outweigh the objects of a small cluster.
    /// </summary>
    public long HistoryBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Age at which history is dropped. Five minutes, the compaction interval of kube-apiserver.</summary>
    public TimeSpan HistoryAgeMax { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How often a watch in whose range nothing happens is told how far the store has come, as long as writes happen
    /// elsewhere. Ten seconds: bookmarks are about once a minute, so they are never much behind.
    /// </summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(10);
}
