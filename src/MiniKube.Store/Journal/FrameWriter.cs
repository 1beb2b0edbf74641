using System.Buffers;
using System.Runtime.InteropServices;

namespace MiniKube.Store;

/// <summary>Encodes the changes of one commit as one frame.</summary>
internal static class FrameWriter
{
    /// <summary>Appends the frame to an empty buffer.</summary>
    public static void Write(ArrayBufferWriter<byte> output, DiskForm form, IReadOnlyList<Change> changes)
    {
        output.GetSpan(FrameHeader.Bytes)[..FrameHeader.Bytes].Clear();
        output.Advance(FrameHeader.Bytes);
        foreach (var change in changes)
        {
            form.ToDisk(ObjectRecord.Of(change.Event)).Write(output);
        }

        Pad(output);
        var written = Writable(output);
        var payload = written[FrameHeader.Bytes..];
        var first = changes[0].Event.Object.Revision;
        new FrameHeader(payload.Length, first, changes.Count, Crc32C.Of(payload)).Write(written);
    }

    // At least one byte, so that a frame never ends in zeros.
    private static void Pad(ArrayBufferWriter<byte> output)
    {
        var padding = FrameHeader.Bytes - (output.WrittenCount % FrameHeader.Bytes);
        output.GetSpan(padding)[..padding].Fill(FrameHeader.Padding);
        output.Advance(padding);
    }

    private static Span<byte> Writable(ArrayBufferWriter<byte> output)
        => MemoryMarshal.AsMemory(output.WrittenMemory).Span;
}
