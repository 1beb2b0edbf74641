using System.Buffers;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>
/// The journal as the writer sees it: an endless file of frames, each on the disk before <see cref="Append"/> returns,
/// kept in segments so that old ones can be dropped. Appending is for one thread; dropping may happen on another.
/// </summary>
internal sealed class JournalFile(IDisk disk, DiskForm form, long segmentBytesMax, IEnumerable<Segment> segments) : IDisposable
{
    // Most commits are far smaller; a buffer that one big commit has grown beyond this is not kept.
    private const int BufferBytesKept = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly List<Segment> _segments = [.. segments];
    private ArrayBufferWriter<byte> _buffer = new();
    private IDiskFile? _open;
    private bool _sealed;

    /// <summary>Bytes of the segments that begin after a revision.</summary>
    public long BytesAfter(Revision revision)
    {
        lock (_gate)
        {
            return _segments.Where(segment => segment.First > revision).Sum(static segment => segment.Bytes);
        }
    }

    /// <summary>
    /// The next frame begins a new segment, so that what is before it can be dropped. Called by the writer thread.
    /// </summary>
    public void Seal() => _sealed = true;

    /// <summary>Makes the changes durable, all or none of them.</summary>
    /// <exception cref="IOException">They may or may not be on the disk; nothing may be appended after.</exception>
    public void Append(IReadOnlyList<Change> changes)
    {
        var first = changes[0].Event.Object.Revision;
        var segment = SegmentFor(first);
        _open ??= segment.Bytes == 0 ? Begin(segment) : disk.Open(segment.Name);
        var offset = Math.Max(segment.Bytes, SegmentHeader.Bytes);

        FrameWriter.Write(_buffer, form, changes);
        _open.Write(_buffer.WrittenSpan, offset);
        _open.Flush();

        Replace(segment with { Bytes = offset + _buffer.WrittenCount });
        _buffer.ResetWrittenCount();
        if (_buffer.Capacity > BufferBytesKept)
        {
            _buffer = new ArrayBufferWriter<byte>();
        }
    }

    /// <summary>
    /// As <see cref="DropUpTo"/>, but the newest segment too when nothing was appended since <see cref="Seal"/>. Called by the writer
    /// thread.
    /// </summary>
    public void DropSealed(Revision revision)
    {
        if (!_sealed)
        {
            DropUpTo(revision);
            return;
        }

        _open?.Dispose();
        _open = null;
        Delete(TakeAll());
    }

    /// <summary>Deletes segments in which everything is at or below the revision; never the newest.</summary>
    public void DropUpTo(Revision revision)
    {
        Delete(TakeDroppable(revision));
    }

    public void Dispose() => _open?.Dispose();

    private void Delete(List<Segment> droppable)
    {
        foreach (var segment in droppable)
        {
            disk.Delete(segment.Name);
        }

        if (droppable.Count > 0)
        {
            disk.SyncDirectory();
        }
    }

    /// <summary>The segment that takes the next frame: the last one, or a new one when that is full.</summary>
    private Segment SegmentFor(Revision first)
    {
        lock (_gate)
        {
            if (_segments is [.., var last] && (last.First == first || (!_sealed && last.Bytes < segmentBytesMax)))
            {
                _sealed = false;
                return last;
            }

            var next = new Segment(first, Bytes: 0);
            _segments.Add(next);
            _sealed = false;
            _open?.Dispose();
            _open = null;
            return next;
        }
    }

    private IDiskFile Begin(Segment segment)
    {
        var file = disk.Create(segment.Name);
        Span<byte> header = stackalloc byte[SegmentHeader.Bytes];
        SegmentHeader.Write(header, segment.First);
        file.Write(header, 0);
        file.Flush();
        disk.SyncDirectory();
        return file;
    }

    private void Replace(Segment last)
    {
        lock (_gate)
        {
            _segments[^1] = last;
        }
    }

    private List<Segment> TakeAll()
    {
        lock (_gate)
        {
            List<Segment> all = [.. _segments];
            _segments.Clear();
            return all;
        }
    }

    private List<Segment> TakeDroppable(Revision revision)
    {
        lock (_gate)
        {
            var count = 0;
            while (count + 1 < _segments.Count && _segments[count + 1].First <= revision.Next)
            {
                count++;
            }

            var droppable = _segments[..count];
            _segments.RemoveRange(0, count);
            return droppable;
        }
    }
}
