using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Streams a list: a head, the stored bytes of the objects, a tail. The list is never put together in memory.
/// </summary>
internal static class ListWriter
{
    // Enough for the connection to work in large pieces, little enough that a slow client does not make us hold the
    // list.
    private const int BytesPerFlush = 128 * 1024;

    // As in Kubernetes: below this, compressing costs more than it saves.
    private const int CompressedBytesMin = 128 * 1024;

    public static async Task WriteAsync(HttpContext context, ResourceDefinition definition, ListPage page)
    {
        var head = Head(definition.ListKind, definition.Gvk.ApiVersion, page);
        var commas = Math.Max(0, page.Objects.Count - 1);
        var length = head.Length + page.Objects.Sum(one => (long)one.Json.Length) + commas + Tail.Length;
        Respond.Start(context.Response, StatusCodes.Status200OK, Respond.Json);
        if (length < CompressedBytesMin || !AcceptsGzip(context.Request))
        {
            context.Response.ContentLength = length;
            await WriteAsync(context.Response.BodyWriter, head, page.Objects, context.RequestAborted);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.Headers.Vary = "Accept-Encoding";
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        var writer = PipeWriter.Create(
            gzip, new StreamPipeWriterOptions(minimumBufferSize: 64 * 1024, leaveOpen: true));
        await WriteAsync(writer, head, page.Objects, context.RequestAborted);
        await writer.CompleteAsync();
    }

    /// <summary>The same list in memory, for answers that are changed before they are sent.</summary>
    public static void Write(IBufferWriter<byte> output, ResourceDefinition definition, ListPage page)
        => Write(
            output,
            Head(definition.ListKind, definition.Gvk.ApiVersion, page),
            page,
            static (buffer, stored) => buffer.Write(stored.Json.Span));

    /// <summary>The metadata of the objects as a <c>PartialObjectMetadataList</c>.</summary>
    public static void WriteMetadata(IBufferWriter<byte> output, ListPage page)
        => Write(output, Head("PartialObjectMetadataList", "meta.k8s.io/v1", page), page, PartialMetadata.Write);

    private static ReadOnlySpan<byte> Tail => "]}\n"u8;

    private static void Write(
        IBufferWriter<byte> output, byte[] head, ListPage page, Action<IBufferWriter<byte>, StoredObject> writeObject)
    {
        output.Write(head);
        for (var index = 0; index < page.Objects.Count; index++)
        {
            if (index > 0)
            {
                output.Write(","u8);
            }

            writeObject(output, page.Objects[index]);
        }

        output.Write(Tail);
    }

    private static async Task WriteAsync(
        PipeWriter writer, byte[] head, IReadOnlyList<StoredObject> objects, CancellationToken cancellationToken)
    {
        writer.Write(head);
        var pending = head.Length;
        for (var index = 0; index < objects.Count; index++)
        {
            if (index > 0)
            {
                writer.Write(","u8);
            }

            writer.Write(objects[index].Json.Span);
            pending += objects[index].Json.Length;
            if (pending >= BytesPerFlush)
            {
                pending = 0;
                await writer.FlushAsync(cancellationToken);
            }
        }

        writer.Write(Tail);
        await writer.FlushAsync(cancellationToken);
    }

    private static byte[] Head(string kind, string apiVersion, ListPage page)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, kind);
            writer.WriteString("apiVersion"u8, apiVersion);
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("resourceVersion"u8, page.Revision.ToString());
            if (page.Continue.Length > 0)
            {
                writer.WriteString("continue"u8, page.Continue);
            }

            if (page.Remaining is { } remaining)
            {
                writer.WriteNumber("remainingItemCount"u8, remaining);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("items"u8);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        // Up to the bracket that opens the items.
        return buffer.WrittenSpan[..^2].ToArray();
    }

    private static bool AcceptsGzip(HttpRequest request)
        => request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
}
