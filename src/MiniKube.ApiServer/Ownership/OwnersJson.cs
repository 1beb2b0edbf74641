using System.Text.Json;
using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The owners in a body of a client. The models skip them everywhere else.</summary>
internal static class OwnersJson
{
    /// <summary>The entries the body has, or null when it does not mention them.</summary>
    /// <exception cref="JsonException">They are no list of entries.</exception>
    public static IList<V1ManagedFieldsEntry>? Read(ReadOnlySpan<byte> json)
    {
        var entries = StoredOwners.Find(json);
        return entries.IsEmpty ? null : JsonSerializer.Deserialize(entries, ObjectJson.TypeInfo<List<V1ManagedFieldsEntry>>());
    }
}
