using System.Text.Json;
using k8s;
using k8s.Models;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// An object's bytes on their way to the store, where the revision is filled in; and what can be told from bytes alone.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Encodes the object with the empty resourceVersion the store asks for.</summary>
    public static ObjectDraft Draft(ResourceDefinition definition, IKubernetesObject<V1ObjectMeta> item)
    {
        item.Metadata.ResourceVersion = "";
        var json = definition.Encode(item);
        return new ObjectDraft(json, RevisionOffset(json), definition.TimeToLive);
    }

    /// <summary>The draft with the list of owners in its metadata.</summary>
    public static ObjectDraft WithOwners(this in ObjectDraft draft, ReadOnlyMemory<byte> owners)
        => owners.IsEmpty ? draft : draft with { Json = StoredOwners.Insert(draft.Json.Span, owners.Span) };

    /// <summary>
    /// True when everything but metadata and status is the same bytes: what <c>metadata.generation</c> counts. A kind whose status is
    /// no subresource counts that, too.
    /// </summary>
    public static bool HasSameSpecification(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, bool countsStatus = false)
    {
        var leftReader = new Utf8JsonReader(left);
        var rightReader = new Utf8JsonReader(right);
        leftReader.Read();
        rightReader.Read();
        while (true)
        {
            var leftPart = NextPart(ref leftReader, left, countsStatus);
            var rightPart = NextPart(ref rightReader, right, countsStatus);
            if (!leftPart.SequenceEqual(rightPart))
            {
                return false;
            }

            if (leftPart.IsEmpty)
            {
                return true;
            }
        }
    }

    /// <summary>How many digits the revision has that starts at the offset.</summary>
    public static int DigitsAt(ReadOnlySpan<byte> json, int offset) => json[offset..].IndexOf((byte)'"');

    /// <summary>Where the revision starts in the bytes of an object.</summary>
    // The models write metadata early and resourceVersion within it; labels and annotations may hold keys of any name,
    // so the place is found by reading, not by searching.
    public static int RevisionOffset(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == 1 && !reader.ValueTextEquals("metadata"u8))
            {
                reader.Skip();
            }
            else if (reader.CurrentDepth == 2)
            {
                if (reader.ValueTextEquals("resourceVersion"u8))
                {
                    reader.Read();
                    return (int)reader.TokenStartIndex + 1;
                }

                reader.Skip();
            }
        }

        throw new InvalidOperationException("the object was encoded without metadata.resourceVersion");
    }

    // The next property besides apiVersion, kind, metadata and status, name included; empty at the end.
    private static ReadOnlySpan<byte> NextPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, bool countsStatus)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var counts = !reader.ValueTextEquals("metadata"u8) && (countsStatus || !reader.ValueTextEquals("status"u8));
            reader.Skip();
            if (counts)
            {
                return json[start..(int)reader.BytesConsumed];
            }
        }

        return default;
    }
}
