using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>What lies at a place of a journal file.</summary>
internal enum FrameVerdict
{
    /// <summary>A whole frame.</summary>
    Whole,

    /// <summary>The end of the file.</summary>
    End,

    /// <summary>What a crash leaves of the last frame, which nobody was told is durable.</summary>
    Torn,

    /// <summary>What a crash does not explain.</summary>
    Damaged,
}

/// <summary>
/// Reads frames and tells a crash from damage. A frame is written only after the one before it is on the disk, so a
/// crash can only hurt the last one, and it leaves sectors behind that are whole, missing or zero: everything else is
/// damage.
/// </summary>
internal static class FrameReader
{
    // The unit in which disks keep or lose what was written; larger ones are multiples of it.
    private const int SectorBytes = 512;

    /// <summary>Judges the frame at an offset of a file; the payload is set when it is whole.</summary>
    public static FrameVerdict Read(
        ReadOnlySpan<byte> file, int offset, Revision expected, out FrameHeader header, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        header = default;
        var rest = file[offset..];
        if (rest.IsEmpty)
        {
            return FrameVerdict.End;
        }

        if (!FrameHeader.TryRead(rest, out header))
        {
            return IsTornHeader(rest) ? FrameVerdict.Torn : FrameVerdict.Damaged;
        }

        var behindHeader = rest[FrameHeader.Bytes..];
        if (header.First != expected)
        {
            return FrameVerdict.Damaged;
        }

        if (behindHeader.Length < header.PayloadBytes)
        {
            return FrameVerdict.Torn;
        }

        payload = behindHeader[..header.PayloadBytes];
        if (Crc32C.Of(payload) == header.PayloadChecksum)
        {
            return FrameVerdict.Whole;
        }

        var isLast = behindHeader.Length == header.PayloadBytes;
        return isLast && HasMissingSector(file, offset) ? FrameVerdict.Torn : FrameVerdict.Damaged;
    }

    private static bool IsTornHeader(ReadOnlySpan<byte> rest)
    {
        var start = rest[..Math.Min(FrameHeader.Bytes, rest.Length)];
        var isMissing = start.Length < FrameHeader.Bytes || !start.ContainsAnyExcept((byte)0);
        return isMissing && !HasFrameAfter(rest[start.Length..]);
    }

    /// <summary>A frame behind a broken one proves that the broken one had been whole.</summary>
    private static bool HasFrameAfter(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf(FrameHeader.Magic) is var at and >= 0)
        {
            if (FrameHeader.TryRead(bytes[at..], out _))
            {
                return true;
            }

            bytes = bytes[(at + 1)..];
        }

        return false;
    }

    /// <summary>Payloads and padding have no run of zeros that long, so zeros mean "never written".</summary>
    private static bool HasMissingSector(ReadOnlySpan<byte> file, int offset)
    {
        for (var start = (offset / SectorBytes + 1) * SectorBytes; start < file.Length; start += SectorBytes)
        {
            var sector = file[start..Math.Min(start + SectorBytes, file.Length)];
            if (!sector.ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
    }
}
