using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Frames of a watch: <c>{"type":..,"object":..}</c> and a line feed, put together from the stored bytes straight into
/// the connection's buffer.
/// </summary>
internal static class WatchWriter
{
    private static ReadOnlySpan<byte> End => "}\n"u8;

    /// <summary>A frame with the object's own bytes.</summary>
    public static void Write(PipeWriter output, ObjectEventType type, ReadOnlySpan<byte> json)
    {
        output.Write(Start(type));
        output.Write(json);
        output.Write(End);
    }

    /// <summary>
    /// An object that no longer matches the selector: its last matching state, with the revision of the change that
    /// took it away.
    /// </summary>
    public static void WriteVanished(PipeWriter output, StoredObject last, Revision revision)
    {
        var json = last.Json.Span;
        var digits = CanonicalJson.DigitsAt(json, last.RevisionAt);
        output.Write(Start(ObjectEventType.Deleted));
        output.Write(json[..last.RevisionAt]);
        WriteNumber(output, revision.Value);
        output.Write(json[(last.RevisionAt + digits)..]);
        output.Write(End);
    }

    /// <summary>
    /// Tells how far the watch has come; <paramref name="isInitialEnd"/> marks the end of the present objects.
    /// </summary>
    public static void WriteBookmark(
        PipeWriter output, ResourceDefinition definition, Revision revision, bool isInitialEnd)
    {
        var mark = isInitialEnd ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
        output.Write(Encoding.UTF8.GetBytes(
            $"{{\"type\":\"BOOKMARK\",\"object\":{{\"kind\":\"{definition.Gvk.Kind}\","
            + $"\"apiVersion\":\"{definition.Gvk.ApiVersion}\","
            + $"\"metadata\":{{\"resourceVersion\":\"{revision}\"{mark}}}}}}}\n"));
    }

    /// <summary>The end of a watch that cannot go on; the client has to list again.</summary>
    public static void WriteError(PipeWriter output, ApiException failure)
    {
        output.Write("{\"type\":\"ERROR\",\"object\":"u8);
        output.Write(ObjectJson.Encode(failure.ToStatus()));
        output.Write(End);
    }

    private static ReadOnlySpan<byte> Start(ObjectEventType type) => type switch
    {
        ObjectEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
        ObjectEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
        _ => "{\"type\":\"DELETED\",\"object\":"u8,
    };

    private static void WriteNumber(PipeWriter output, long value)
    {
        var span = output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        output.Advance(written);
    }
}
