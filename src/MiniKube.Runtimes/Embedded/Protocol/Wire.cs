using System.Buffers.Binary;
using System.Text;

namespace MiniKube.Runtimes;

/// <summary>How frames and the values in them are written. Both ends come from one build, so there are no versions.</summary>
internal static class Wire
{
    public const int HeaderBytes = 5;

    // A container's arguments and environment are at most 2 MiB (ARG_MAX); anything larger is not ours.
    public const int PayloadBytesMax = 4 * 1024 * 1024;

    public static byte[] Frame(FrameKind kind, Action<BinaryWriter>? write = null)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(0);
        writer.Write((byte)kind);
        write?.Invoke(writer);
        writer.Flush();
        var frame = stream.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - 4);
        return frame;
    }

    public static byte[] DataFrame(FrameKind kind, ReadOnlySpan<byte> data)
    {
        var frame = new byte[HeaderBytes + data.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, 1 + data.Length);
        frame[4] = (byte)kind;
        data.CopyTo(frame.AsSpan(HeaderBytes));
        return frame;
    }

    public static BinaryReader Reader(byte[] payload) => new(new MemoryStream(payload), Encoding.UTF8);

    /// <summary>The length of the payload that follows a header, or -1 when it cannot be one.</summary>
    public static int PayloadLength(ReadOnlySpan<byte> header)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(header) - 1;
        return length is >= 0 and <= PayloadBytesMax ? length : -1;
    }

    public static void WriteList<T>(this BinaryWriter writer, IReadOnlyList<T> items, Action<BinaryWriter, T> write)
    {
        writer.Write(items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    public static T[] ReadList<T>(this BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new T[reader.ReadInt32()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }

    public static void WriteStrings(this BinaryWriter writer, IReadOnlyList<string> items)
        => writer.WriteList(items, static (to, item) => to.Write(item));

    public static string[] ReadStrings(this BinaryReader reader) => reader.ReadList(static from => from.ReadString());
}
