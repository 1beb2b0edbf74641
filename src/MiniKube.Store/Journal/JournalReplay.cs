using Microsoft.Extensions.Logging;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// Reads the journal at start: applies what is newer than the image, cuts what a crash left of the last frame, refuses
/// everything else that is not as it was written.
/// </summary>
internal sealed partial class JournalReplay(IDisk disk, ILogger logger)
{
    private readonly List<Segment> _segments = [];

    /// <summary>True when a segment is of a version before, whose programs must not read what is written today.</summary>
    public bool HasOldSegment { get; private set; }

    /// <summary>Applies the journal to the recovery and returns the segments to append to.</summary>
    /// <exception cref="StoreException">The journal is damaged or does not reach back to the image.</exception>
    public IReadOnlyList<Segment> Run(Recovery recovery)
    {
        var names = disk.List().Where(static name => SegmentName.TryParse(name, out _)).ToArray();
        Revision? expected = null;
        for (var at = 0; at < names.Length; at++)
        {
            SegmentName.TryParse(names[at], out var first);
            var isLast = at == names.Length - 1;
            if (!isLast && SegmentName.TryParse(names[at + 1], out var next) && next <= recovery.Revision.Next)
            {
                _segments.Add(new Segment(first, LengthOf(names[at]))); // The image has all of it.
                continue;
            }

            ThrowIfMissing(recovery, expected, first);
            expected = ReadSegment(names[at], first, isLast, recovery);
        }

        ThrowIfTooShort(recovery, expected);
        return _segments;
    }

    private static void ThrowIfMissing(Recovery recovery, Revision? expected, Revision first)
    {
        var wanted = expected ?? recovery.Revision.Next;
        if (expected is null ? first > wanted : first != wanted)
        {
            throw new StoreException(
                $"the journal lacks revisions {wanted} to {first.Value - 1}: a journal file is missing; "
                + "restore the data directory from a backup");
        }
    }

    private static void ThrowIfTooShort(Recovery recovery, Revision? next)
    {
        if (next is { } revision && revision <= recovery.Revision)
        {
            throw new StoreException(
                $"the journal ends before revision {revision}, the image is of {recovery.Revision}: the newest journal "
                + "files are missing; put them back, or remove the remaining ones to go on from the image");
        }
    }

    private long LengthOf(string name)
    {
        using var file = disk.Open(name);
        return file.Length;
    }

    /// <summary>Returns the revision that follows the segment.</summary>
    private Revision ReadSegment(string name, Revision first, bool isLast, Recovery recovery)
    {
        using var file = disk.Open(name);
        var bytes = new byte[file.Length];
        var read = file.Read(bytes, 0);
        if (!SegmentHeader.TryRead(bytes, out var version, out var written) || written != first)
        {
            RemoveTornSegment(name, bytes.AsSpan(0, read), isLast);
            return first;
        }

        HasOldSegment |= version < SegmentHeader.FormatVersion;
        if (version is < 1 or > SegmentHeader.FormatVersion)
        {
            throw new StoreException(
                $"{disk.PathOf(name)} has format {version}, this version reads {SegmentHeader.FormatVersion}; "
                + "start the version of minikube that wrote it");
        }

        var next = ReadFrames(name, bytes, first, isLast, recovery, out var end);
        if (end < bytes.Length)
        {
            Log.TornTail(logger, disk.PathOf(name), end, bytes.Length - end);
            file.SetLength(end);
            file.Flush();
        }

        _segments.Add(new Segment(first, end));
        return next;
    }

    private Revision ReadFrames(
        string name, byte[] bytes, Revision first, bool isLast, Recovery recovery, out int offset)
    {
        offset = SegmentHeader.Bytes;
        var next = first;
        while (true)
        {
            switch (FrameReader.Read(bytes, offset, next, out var header, out var payload))
            {
                case FrameVerdict.Whole:
                    next = ReadRecords(name, offset, header, payload, recovery);
                    offset += FrameHeader.Bytes + payload.Length;
                    continue;
                case FrameVerdict.End:
                case FrameVerdict.Torn when isLast:
                    return next;
                default:
                    throw Damaged(name, offset, next);
            }
        }
    }

    private Revision ReadRecords(
        string name, int offset, FrameHeader header, ReadOnlySpan<byte> payload, Recovery recovery)
    {
        var next = header.First;
        for (var index = 0; index < header.Records; index++)
        {
            if (!ObjectRecord.TryRead(ref payload, out var record)
                || record.Revision != next
                || !recovery.TryApply(record))
            {
                throw Damaged(name, offset, next);
            }

            next = next.Next;
        }

        return next;
    }

    /// <summary>A crash while a segment was begun leaves a file without a header; nothing was in it.</summary>
    private void RemoveTornSegment(string name, ReadOnlySpan<byte> bytes, bool isLast)
    {
        var isTorn = bytes.Length <= SegmentHeader.Bytes || !bytes.ContainsAnyExcept((byte)0);
        if (!isLast || !isTorn)
        {
            throw new StoreException(
                $"{disk.PathOf(name)} is damaged at byte 0: it has no journal header; "
                + "restore the data directory from a backup");
        }

        Log.TornSegment(logger, disk.PathOf(name));
        disk.Delete(name);
        disk.SyncDirectory();
    }

    private StoreException Damaged(string name, int offset, Revision next)
        => new($"{disk.PathOf(name)} is damaged at byte {offset}, at revision {next}; "
            + "restore the data directory from a backup, "
            + $"or give up revision {next} and everything after it: cut the file to {offset} bytes "
            + "and remove newer journal files and images");

    private static partial class Log
    {
        [LoggerMessage(1001, LogLevel.Warning,
            "Cut {File} at byte {Offset}: the last {Bytes} bytes are a write that a crash interrupted unanswered")]
        public static partial void TornTail(ILogger logger, string file, int offset, int bytes);

        [LoggerMessage(1002, LogLevel.Warning, "Removed {File}: a crash interrupted its creation, nothing was in it")]
        public static partial void TornSegment(ILogger logger, string file);
    }
}
