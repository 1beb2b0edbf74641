using System.Text.Json;
using k8s.Models;
using MiniKube.Api;
using MiniKube.Store;

namespace MiniKube.ApiServer;

/// <summary>
/// The owners in a body of a client, in the place where the model has them. Read only when somebody asks: clients send back what they were
/// given, and then there is nothing to know.
/// </summary>
internal sealed class OwnersJson : List<V1ManagedFieldsEntry>
{
    private readonly byte[] _json;

    private OwnersJson(byte[] json)
    {
        _json = json;
    }

    /// <summary>What the body has, or null when it does not mention owners.</summary>
    public static OwnersJson? Find(ReadOnlySpan<byte> json)
    {
        var entries = StoredOwners.Find(json);
        return entries.IsEmpty || entries.SequenceEqual("null"u8) ? null : new OwnersJson(entries.ToArray());
    }

    /// <summary>The same list, unless it is the one the object has anyway.</summary>
    public static IList<V1ManagedFieldsEntry>? UnlessStored(IList<V1ManagedFieldsEntry>? given, StoredObject current)
        => given is OwnersJson body && StoredOwners.Of(current).Span.SequenceEqual(body._json) ? null : given;

    /// <summary>The entries, or null when they cannot be read as such.</summary>
    public List<V1ManagedFieldsEntry>? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(_json, ObjectJson.TypeInfo<List<V1ManagedFieldsEntry>>());
        }
        catch (JsonException)
        {
            return null; // As with any malformed list: what is stored counts.
        }
    }
}
