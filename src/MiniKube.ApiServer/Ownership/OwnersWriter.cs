using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MiniKube.ApiServer;

/// <summary>A JSON writer for short texts that every write of an object makes: one per thread, used again.</summary>
internal static class OwnersWriter
{
    // A buffer that one huge object made large is not kept.
    private const int BytesKeptMax = 256 * 1024;

    private static readonly JsonWriterOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>The bytes that <paramref name="write"/> writes. Must not be called within itself.</summary>
    public static byte[] Write<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var buffer = _buffer ?? new ArrayBufferWriter<byte>(4096);
        var writer = _writer ?? new Utf8JsonWriter(buffer, Relaxed);
        (_buffer, _writer) = (null, null);
        write(writer, state);
        writer.Flush();
        var json = buffer.WrittenSpan.ToArray();
        if (buffer.Capacity <= BytesKeptMax)
        {
            buffer.ResetWrittenCount();
            writer.Reset();
            (_buffer, _writer) = (buffer, writer);
        }

        return json;
    }
}
