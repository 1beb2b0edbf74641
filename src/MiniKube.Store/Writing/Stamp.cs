using System.Globalization;
using MiniKube.Api;

namespace MiniKube.Store;

/// <summary>Writes the revision into the JSON: the only bytes of an object the store ever touches.</summary>
internal static class Stamp
{
    private const int DigitsMax = 19; // long.MaxValue

    /// <summary>The object a draft becomes at a revision.</summary>
    public static StoredObject Written(
        in ObjectDraft draft, ResourceKey key, Revision revision, Revision created, DateTimeOffset? expires)
    {
        var json = Splice(draft.Json.Span, draft.RevisionAt, 0, revision);
        return new StoredObject(key, revision, created, json, draft.RevisionAt) { Expires = expires };
    }

    /// <summary>The last state of an object with the revision of its deletion.</summary>
    public static StoredObject Deleted(StoredObject last, Revision revision)
    {
        var json = Splice(last.Json.Span, last.RevisionAt, DigitsOf(last), revision);
        return new StoredObject(last.Key, revision, last.Created, json, last.RevisionAt);
    }

    /// <exception cref="ArgumentException">The draft has no empty string where it says.</exception>
    public static void ThrowIfNotStampable(in ObjectDraft draft)
    {
        var json = draft.Json.Span;
        var at = draft.RevisionAt;
        if (at < 1 || at >= json.Length || json[at - 1] != '"' || json[at] != '"')
        {
            throw new ArgumentException($"no empty resourceVersion at offset {at} of the JSON", nameof(draft));
        }
    }

    private static int DigitsOf(StoredObject item) => item.Json.Span[item.RevisionAt..].IndexOf((byte)'"');

    private static byte[] Splice(ReadOnlySpan<byte> json, int at, int replaced, Revision revision)
    {
        Span<byte> digits = stackalloc byte[DigitsMax];
        revision.Value.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        var result = GC.AllocateUninitializedArray<byte>(json.Length - replaced + count);
        json[..at].CopyTo(result);
        digits[..count].CopyTo(result.AsSpan(at));
        json[(at + replaced)..].CopyTo(result.AsSpan(at + count));
        return result;
    }
}
