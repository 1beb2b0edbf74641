using System.Text.Json;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// Where <c>managedFields</c> are in an object's bytes: last in <c>metadata</c>, behind everything that models have. Models do not read
/// them and do not write them; they are put in and taken out here.
/// </summary>
internal static class StoredOwners
{
    private static ReadOnlySpan<byte> Name => ",\"managedFields\":"u8;

    /// <summary>The list within the object's bytes; empty when it has none.</summary>
    public static ReadOnlyMemory<byte> Of(StoredObject stored) => stored.Json[RangeIn(stored.Json.Span)];

    /// <summary>The list in the bytes of any object, also a client's.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> json) => json[RangeIn(json)];

    /// <summary>The object's bytes without the list.</summary>
    public static ReadOnlyMemory<byte> Without(StoredObject stored)
    {
        var range = RangeIn(stored.Json.Span);
        if (range.Start.Value == range.End.Value)
        {
            return stored.Json;
        }

        var json = new byte[stored.Json.Length - Name.Length - (range.End.Value - range.Start.Value)];
        var head = stored.Json.Span[..(range.Start.Value - Name.Length)];
        head.CopyTo(json);
        stored.Json.Span[range.End.Value..].CopyTo(json.AsSpan(head.Length));
        return json;
    }

    /// <summary>The model's bytes with the list put in.</summary>
    public static byte[] Insert(ReadOnlySpan<byte> json, ReadOnlySpan<byte> owners)
    {
        var (_, _, at) = Locate(json);
        var whole = new byte[json.Length + Name.Length + owners.Length];
        json[..at].CopyTo(whole);
        Name.CopyTo(whole.AsSpan(at));
        owners.CopyTo(whole.AsSpan(at + Name.Length));
        json[at..].CopyTo(whole.AsSpan(at + Name.Length + owners.Length));
        return whole;
    }

    /// <summary>True when the object's bytes are the model's, revision and list aside.</summary>
    public static bool IsSameBut(in ObjectDraft draft, StoredObject stored)
    {
        var range = RangeIn(stored.Json.Span);
        var hasList = range.Start.Value < range.End.Value;
        var (head, tail) = hasList ? (range.Start.Value - Name.Length, range.End.Value) : (stored.Json.Length, stored.Json.Length);
        var json = draft.Json.Span;
        var old = stored.Json.Span;
        var at = draft.RevisionAt;
        var digits = CanonicalJson.DigitsAt(old, stored.RevisionAt);
        var before = head - digits;
        return at == stored.RevisionAt
            && json.Length == before + (old.Length - tail)
            && json[..at].SequenceEqual(old[..at])
            && json[at..before].SequenceEqual(old[(at + digits)..head])
            && json[before..].SequenceEqual(old[tail..]);
    }

    private static Range RangeIn(ReadOnlySpan<byte> json)
    {
        var (start, end, _) = Locate(json);
        return start..end;
    }

    // Start and end of the list's value, and the end of the metadata (before its brace).
    private static (int Start, int End, int MetadataEnd) Locate(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var (start, end) = (0, 0);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 1)
            {
                return (start, end, (int)reader.TokenStartIndex);
            }

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
                var found = reader.ValueTextEquals("managedFields"u8);
                reader.Read();
                start = found ? (int)reader.TokenStartIndex : start;
                reader.Skip();
                end = found ? (int)reader.BytesConsumed : end;
            }
        }

        return (start, end, json.Length);
    }
}
