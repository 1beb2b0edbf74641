namespace MiniKube.Runtimes;

/// <summary>Finds where the last lines of a log file begin, reading it from its end.</summary>
internal static class LogTail
{
    private const int BlockBytes = 64 * 1024;

    // Enough for a time, a stream's name and a tag, the beginning of an entry.
    private const int HeadBytesMax = 64;

    /// <summary>
    /// The position of the first of the last <paramref name="lines"/> whole lines before <paramref name="end"/>, and how many of
    /// them are missing because the file has fewer.
    /// </summary>
    public static (long Position, long Missing) Find(FileStream file, long end, long lines)
    {
        var block = new byte[BlockBytes + HeadBytesMax];
        var entryEnd = end;
        var seen = 0L;
        for (var blockEnd = end; blockEnd > 0; blockEnd -= Math.Min(blockEnd, BlockBytes))
        {
            var start = Math.Max(0, blockEnd - BlockBytes);
            // A little more than the block, so that the entry after its last newline can be told by its head.
            var length = Read(file, start, block.AsSpan(0, (int)Math.Min(blockEnd - start + HeadBytesMax, end - start)));
            for (var i = (int)(blockEnd - start) - 1; i >= 0; i--)
            {
                var entryStart = start + i + 1;
                if (block[i] != (byte)'\n' || entryStart >= entryEnd)
                {
                    continue;
                }

                if (IsComplete(block.AsSpan(i + 1, length - i - 1)) && ++seen > lines)
                {
                    return (entryStart + LengthOfLine(file, entryStart), 0);
                }
            }
        }

        var first = new byte[HeadBytesMax];
        var firstIsComplete = end > 0 && IsComplete(first.AsSpan(0, Read(file, 0, first)));
        seen += firstIsComplete ? 1 : 0;
        return seen > lines ? (LengthOfLine(file, 0), 0) : (0, lines - seen);
    }

    // The last of the counted lines ends here; what follows, parts of a longer line included, is wanted.
    private static long LengthOfLine(FileStream file, long start)
    {
        var block = new byte[BlockBytes];
        for (var offset = 0L; ; offset += BlockBytes)
        {
            var length = Read(file, start + offset, block);
            var newline = block.AsSpan(0, length).IndexOf((byte)'\n');
            if (newline >= 0 || length < BlockBytes)
            {
                return offset + (newline >= 0 ? newline + 1 : length);
            }
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> head)
    {
        var newline = head.IndexOf((byte)'\n');
        var line = newline >= 0 ? head[..newline] : head;
        return LogEntry.TryParse(line, out var entry) && entry.Complete;
    }

    private static int Read(FileStream file, long position, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var length = RandomAccess.Read(file.SafeFileHandle, buffer[total..], position + total);
            if (length == 0)
            {
                break;
            }

            total += length;
        }

        return total;
    }
}
